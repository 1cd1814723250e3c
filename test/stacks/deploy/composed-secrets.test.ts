import assert from "node:assert/strict";
import { literal, password, providedOptionally } from "../../../components/values/recipe.ts";
import { resourceCount } from "../../../stacks/plan/size.ts";
import type { Catalogue, CatalogueDelivery } from "../../../stacks/environments/catalogue-spec.ts";
import { deployStack } from "../../../stacks/index.ts";
import { knownEntropy } from "../../support/entropy.ts";
import { emptyExternal } from "../../support/external-queries.ts";
import { environment, facts, policy, refusal, refusalOf } from "../../support/fixtures.ts";
import { runProgram } from "../../support/mocks.ts";
import { asText } from "../../support/project.ts";
import { FakeVault } from "../../support/fake-vault.ts";

const canary = "canary-of-rds";
const dsn = "postgres://${login/username|uri}:${db/password|uri}@db.shop/{{shop}}";

const catalogueWith = (delivery: Partial<CatalogueDelivery>): Catalogue => ({
  shop: {
    secrets: {
      login: { keys: { username: literal("shop") } },
      db: { keys: { password: password(), extra: providedOptionally("shopExtra") } },
    },
    deliveries: [{ namespace: "shop", secretName: "shop-db", from: [], ...delivery }],
  },
});
const referenced = {
  ...facts,
  stores: {
    vault: { ...facts.stores.vault, remoteNames: { "shop/db": "rds/main" }, references: { "shop/db": true } },
  },
};

describe("a key of a Secret that the operator composes", () => {
  it("is of values of ours and of others, each read once, and none of them is a key of the Secret by itself", async () => {
    const vault = new FakeVault();
    vault.write("secret/rds/main", { password: canary, extra: "x" });
    const catalogue = catalogueWith({
      from: [{ secret: "login", keys: { PGUSER: "username" } }, "db"],
      templates: { DATABASE_URL: dsn },
      type: "Opaque",
    });
    const plain = Object.fromEntries(Object.entries(referenced).map(([key, value]) => [key, asText(value)]));
    const { resources, result, state } = await runProgram(
      () =>
        deployStack({
          catalogue,
          policies: { test: policy },
          entropy: knownEntropy("first"),
          external: emptyExternal(referenced),
        }),
      { stack: "test", config: { plain: plain }, vault },
    );
    const found = resources.all.find(({ name }) => name === "main/shop/shop-db");
    const spec = found?.inputs["spec"] as {
      readonly data: readonly {
        readonly secretKey: string;
        readonly remoteRef: { readonly key: string; readonly property: string };
      }[];
      readonly dataFrom?: unknown;
      readonly target: { readonly template: object };
    };
    assert.deepEqual(
      spec.data.map(({ secretKey, remoteRef: { key, property } }) => [secretKey, key, property]),
      [
        ["value0", "acme-test/shop/login", "username"],
        ["value1", "rds/main", "password"],
      ],
    );
    assert.equal(spec.dataFrom, undefined);
    const encoded =
      'urlquery | replace "+" "%20" | replace "%21" "!" | replace "%27" "\'" | replace "%28" "(" | replace "%29" ")" | replace "%2A" "*"';
    assert.deepEqual(spec.target.template, {
      engineVersion: "v2",
      mergePolicy: "Replace",
      metadata: { annotations: { "multicloud-secrets/stack": "multicloud-secrets/test" } },
      type: "Opaque",
      data: {
        PGUSER: "{{ .value0 }}",
        password: "{{ .value1 }}",
        DATABASE_URL: `postgres://{{ .value0 | ${encoded} }}:{{ .value1 | ${encoded} }}@db.shop/{{ "{{" }}shop}}`,
      },
    });
    assert.deepEqual(result.namespaces["shop"]?.secrets["shop-db"]?.keys, ["DATABASE_URL", "PGUSER", "password"]);
    assert.deepEqual(result.namespaces["shop"]?.secrets["shop-db"]?.remoteNames, {
      vault: ["acme-test/shop/login", "rds/main"],
    });
    const policies = resources.all.filter(({ type }) => type === "vault:index/policy:Policy");
    assert.deepEqual(
      policies.map(({ inputs }) =>
        [...String(inputs["policy"]).matchAll(/path "(?<path>[^"]+)"/g)].map(([, path]) => path),
      ),
      [["secret/data/acme-test/shop/login", "secret/data/rds/main"]],
    );
    assert.ok(!JSON.stringify([resources.all, state]).includes(canary));
    const admission = resources.all.find(
      ({ type, name }) => type.endsWith(":ValidatingAdmissionPolicy") && name.endsWith("external-secrets-secrets"),
    );
    assert.ok(JSON.stringify(admission?.inputs["spec"]).includes("urlquery"));
    assert.equal(resourceCount(environment({ facts: referenced, catalogue })), resources.all.length);
  });

  it("is enough for a Secret to have, and consumes its sources", () => {
    const spec = environment({ facts: referenced, catalogue: catalogueWith({ templates: { DATABASE_URL: dsn } }) });
    assert.deepEqual(
      spec.placements.map(({ secret }) => secret.id),
      ["shop/login", "shop/db"],
    );
  });

  it("is left out where the environment lacks one of its values", () => {
    const catalogue = catalogueWith({
      from: ["login", "db"],
      templates: { URL: "x ${db/extra} ${db/password}", OTHER: "y ${db/password}" },
    });
    const spec = environment({ catalogue });
    assert.deepEqual(
      spec.namespaces[0]?.deliveries[0]?.templates?.map(({ key }) => key),
      ["OTHER"],
    );
  });

  const at = 'catalogue.shop.deliveries["shop/shop-db"]';
  const changed = (delivery: Partial<CatalogueDelivery>, more: object = {}) =>
    refusalOf({ catalogue: catalogueWith({ from: ["login", "db"], ...delivery }), ...more });
  for (const [title, message, lines] of [
    [
      "where Secrets are delivered plain",
      () => changed({ templates: { URL: dsn } }, { facts: { ...facts, via: "plain" } }),
      [
        "  namespaces.shop: gets Secret shop-db plain (via), but its templates are rendered by the operator: this program does not have every value",
        "    fix: compose the value in a secret that this program makes, by template(…) among its keys",
        "    or let the operator bring it from a store that holds it: pulumi config set --path 'namespaces.shop.secrets.shop-db.via' external-secret",
      ],
    ],
    [
      "where the key comes from a secret as well",
      () => changed({ templates: { password: dsn } }),
      [`  ${at}: key "password" comes from two sources`],
    ],
    [
      "with a secret that is not there",
      () => changed({ templates: { URL: "${login/username} ${bd/password}" } }),
      [
        `  catalogue.shop.deliveries["shop/shop-db"].templates.URL: reads secret "shop/bd", which the catalogue does not have; there are shop/db, shop/login`,
        '    fix: did you mean "shop/db"?',
      ],
    ],
    [
      "with a key and no secret",
      () => changed({ templates: { URL: "${password|uri} ${login/username}" } }),
      [
        '  catalogue.shop.deliveries["shop/shop-db"].templates.URL: "${password|uri}" names a key and no secret; allowed are ${<secret>/<key>} and the filters uri, json, base64, sha256',
        "    fix: name the secret that has it: ${<secret>/password}",
      ],
    ],
    [
      "with JSON as a part of a text",
      () => changed({ templates: { URL: '{"a":"x ${login/username|json}"}' } }),
      [
        `  ${at}.templates.URL: writes \${login/username|json} as a part of a text of JSON, for which the operator's templates have no function`,
        '    fix: let the text be that value alone: "${login/username|json}"; or compose it in the secret itself, if this program makes it',
      ],
    ],
    [
      "of no value",
      () => changed({ templates: { URL: "x" } }),
      [
        `  ${at}.templates.URL: a template must name at least one key`,
        "    fix: name one as ${<secret>/<key>}, or make it a literal(…) of a secret",
      ],
    ],
    [
      "for a Secret whose values are to be adopted",
      () => changed({ templates: { URL: dsn } }, { facts: { ...facts, existingSecrets: { "shop/shop-db": "adopt" } } }),
      [
        '  existingSecrets["shop/shop-db"]: URL is composed by the operator, so no value of a Secret can be adopted for it',
        `    fix: overwrite its keys and keep the others: pulumi config set --path 'existingSecrets["shop/shop-db"]' merge`,
      ],
    ],
  ] as const) {
    it(`is refused ${title}`, () => {
      assert.equal(message(), refusal(1, ...lines));
    });
  }
});
