import assert from "node:assert/strict";
import { literal, password } from "../../../../components/values/recipe.ts";
import type { CatalogueProbe, CatalogueSecret } from "../../../../stacks/environments/catalogue-spec.ts";
import { environment, facts, refusal, refusalOf } from "../../../support/fixtures.ts";

const api = { kind: "http", request: { url: "https://api.example/me", authentication: "bearer" } };
const token = { keys: { name: literal("shop"), token: password() } };
const withProbes = (
  verify: readonly CatalogueProbe[],
  probes: object = { api },
  more: Partial<CatalogueSecret> = {},
) => ({
  catalogue: {
    shop: {
      secrets: { token: { ...token, verify, ...more } },
      deliveries: [{ namespace: "shop", secretName: "shop-token", from: ["token"] }],
    },
  },
  facts: { ...facts, probes },
});
const use: CatalogueProbe = { probe: "api", password: "token" };

describe("probes", () => {
  it("are joined with their secret and their facts, which have defaults", () => {
    const { probes } = environment(withProbes([use]));
    assert.deepEqual(
      probes.map(({ secret, ...rest }) => ({ ...rest, secret: secret.id })),
      [
        {
          secret: "shop/token",
          password: "token",
          probe: {
            kind: "http",
            name: "api",
            request: { url: "https://api.example/me", method: "GET", headers: {}, authentication: "bearer" },
            tls: "verify",
            withinSeconds: 60,
          },
        },
      ],
    );
  });

  it("are those of secrets that are made here", () => {
    const all = withProbes([use], {});
    const referenced = { ...all, facts: { ...all.facts, reference: { "shop/token": true } } };
    assert.deepEqual(environment(referenced).probes, []);
  });

  const refused: readonly (readonly [name: string, changes: object, ...lines: string[]])[] = [
    [
      "nothing that is known",
      withProbes([use], {}),
      "  probes.api: is missing: shop/token is verified by it",
      "    fix: describe it (docs/rotation.md#verification)",
    ],
    [
      "sent without the name that they need",
      withProbes([use], { api: { ...api, request: { url: "https://api.example/me" } } }),
      "  catalogue.shop.secrets.token.verify[0].username: is missing: probe api (http at https://api.example) is sent with the name of an account",
      '    fix: name the key that holds it: username: "<key>"; or let the request have authentication bearer or none, and no ${username}',
    ],
    [
      "of a cluster that is not there",
      withProbes([{ probe: "job", password: "token" }], {
        job: { kind: "job", cluster: "other", namespace: "checks", image: "psql:18", command: ["check"] },
      }),
      '  probes.job.cluster: names "other", which is no cluster of this environment',
      "    fix: name one of main",
    ],
    [
      "of a key that is not there",
      withProbes([{ ...use, password: "tokn" }]),
      '  catalogue.shop.secrets.token.verify[0].password: names "tokn", and the secret has no such key; it has name, token',
      '    fix: did you mean "token"?',
    ],
    [
      "of an illegal name",
      withProbes([{ ...use, probe: "Api" }], {}),
      '  catalogue.shop.secrets.token.verify[0].probe: must be up to 63 lowercase letters, digits or "-", beginning with a letter and ending with a letter or digit; character 1 is an uppercase letter',
    ],
    [
      "no list",
      withProbes("api" as unknown as readonly CatalogueProbe[]),
      '  catalogue.shop.secrets.token.verify: must be a list of probes, such as [{ probe: "api", password: "token" }], received a text of 3 characters',
    ],
  ];
  for (const [name, changes, ...lines] of refused) {
    it(`may not be ${name}`, () => {
      assert.equal(refusalOf(changes), refusal(1, ...lines));
    });
  }
});
