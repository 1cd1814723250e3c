import assert from "node:assert/strict";
import { chosen } from "../../../operations/rotate/choice.ts";
import { hexToken, literal, password } from "../../../components/values/recipe.ts";
import { bootstrapIssues } from "../../../stacks/deploy/preflight/bootstrap.ts";
import type { CatalogueDelivery, CatalogueSecret } from "../../../stacks/environments/catalogue-spec.ts";
import { environment, facts, refusal, refusalOf } from "../../support/fixtures.ts";

const keys = { user: literal("admin"), password: password() };
const accounts = [{ target: "main", username: "user", password: "password" }];
const withSecret = (
  secret: Omit<CatalogueSecret, "keys"> & Partial<CatalogueSecret>,
  { rotations = {}, ...delivery }: Partial<CatalogueDelivery> & { readonly rotations?: object } = {},
) => ({
  catalogue: {
    shop: {
      secrets: { admin: { bootstrapOnly: true as const, keys, ...secret } },
      deliveries: [{ namespace: "shop", secretName: "shop-admin", from: ["admin"], ...delivery }],
    },
  },
  facts: { ...facts, targets: { main: { kind: "grafana", url: "https://grafana.example" } }, rotations },
});
const rotations = { "shop/admin": "2026-05-20" };

const problemOf = (names: string) =>
  `its application reads ${names} at its first start alone (bootstrapOnly), and nothing resets it there: a new value would be in the Secret, and the old one in the application`;
const fix =
  "name what resets it: accounts with a target, such as grafana, argo-cd, http or job (docs/rotation.md#read-at-the-first-start)\n" +
  "    or, if the application reads it at each start, take bootstrapOnly out of the catalogue";

describe("a secret that is read at the first start alone", () => {
  it("has a rotation where each of its generated keys is reset", () => {
    const described = environment(withSecret({ accounts, rotateEveryDays: 30 }));
    assert.deepEqual(chosen(described, { kind: "all" }).leftOut, []);
  });

  it("has none where nothing resets it: named it is refused, else left out", () => {
    const described = environment(withSecret({}));
    assert.deepEqual(chosen(described, { kind: "all" }), {
      secrets: [],
      leftOut: [{ id: "shop/admin", reason: problemOf("password"), fix }],
    });
    assert.throws(() => chosen(described, { kind: "named", ids: ["shop/admin"] }), {
      message:
        "A rotation in environment test was refused: 1 problem. Nothing was changed.\n" +
        `  shop/admin: ${problemOf("password")}\n    fix: ${fix}`,
    });
  });

  it("has none where one of its keys is not reset", () => {
    const described = environment(withSecret({ accounts, keys: { ...keys, signing: hexToken() } }));
    assert.deepEqual(chosen(described, { kind: "all" }).leftOut, [
      { id: "shop/admin", reason: problemOf("signing"), fix },
    ]);
  });

  it("is refused by a run with a new epoch, and not by one that made it before", () => {
    const described = environment(withSecret({}, { rotations }));
    const issues = (...names: readonly string[]) => bootstrapIssues(described, new Set(names));
    assert.deepEqual(issues("shop/admin/password"), [
      { path: 'rotations["shop/admin"]', problem: problemOf("password"), fix },
    ]);
    assert.deepEqual(issues(), []);
    assert.deepEqual(issues("shop/admin/password@2026-05-20"), []);
    const reset = environment(withSecret({ accounts }, { rotations }));
    assert.deepEqual(bootstrapIssues(reset, new Set(["shop/admin/password"])), []);
  });

  const refused: readonly (readonly [name: string, changes: object, ...lines: string[]])[] = [
    [
      "a schedule, where nothing resets it",
      withSecret({ rotateEveryDays: 30 }),
      "  catalogue.shop.secrets.admin.rotateEveryDays: can't be kept: the application reads the secret at its first start alone (bootstrapOnly), and nothing resets it there",
      "    fix: name what resets it: accounts with a target, such as grafana, argo-cd, http or job (docs/rotation.md#read-at-the-first-start)",
      "    or take rotateEveryDays out, or bootstrapOnly if the application reads it at each start",
    ],
    [
      "restarts",
      withSecret({ accounts }, { restarts: ["Deployment/grafana"] }),
      "  namespaces.shop.secrets.shop-admin: Deployment/grafana would be restarted in vain: the application reads all of the Secret at its first start alone (bootstrapOnly)",
      "    fix: take restarts out of its delivery in the catalogue, or bootstrapOnly out of the secret",
    ],
    [
      "anything but true",
      withSecret({ bootstrapOnly: false as unknown as true }),
      "  catalogue.shop.secrets.admin.bootstrapOnly: must be true, or left out, received false",
    ],
  ];
  for (const [name, changes, ...lines] of refused) {
    it(`may not have ${name}`, () => {
      assert.equal(refusalOf(changes), refusal(1, ...lines));
    });
  }
});
