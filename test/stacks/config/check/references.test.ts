import assert from "node:assert/strict";
import { selectReads } from "../../../../components/delivery/selection.ts";
import { literal, password, provided } from "../../../../components/values/recipe.ts";
import type { Catalogue } from "../../../../stacks/environments/catalogue-spec.ts";
import { placementsOf } from "../../../../stacks/config/environment.ts";
import { catalogue, environment, facts, refusal, refusalOf } from "../../../support/fixtures.ts";

const aws = { kind: "aws-secrets-manager", region: "eu-central-1", accountId: "123456789012" } as const;
const google = {
  kind: "gcp-secret-manager",
  project: "acme-test",
  projectNumber: "123456789",
  identityProviders: {
    main: "projects/123456789/locations/global/workloadIdentityPools/acme/providers/main",
  },
} as const;
const vault = facts.stores.vault;
const issuer = { main: { ...facts.clusters.main, issuer: "https://issuer.example/main" } };

/** The valid environment, whose one store has these references. */
const withStore = (store: object, references: object, more: object = {}) => ({
  facts: {
    ...facts,
    clusters: issuer,
    stores: { main: { ...store, references } },
    namespaces: { shop: { cluster: "main", store: "main" } },
    ...more,
  },
});

const refused = (store: object, references: object, more: object = {}) => refusalOf(withStore(store, references, more));

describe("a secret that somebody else writes in one store", () => {
  it("is read there exactly as facts describe it, key by key", () => {
    const reference = {
      keys: { password: "db_password", username: { property: "login.name", version: "AWSPREVIOUS" } },
    };
    const spec = environment(
      withStore({ ...aws, remoteNames: { "shop/db": "rds!cluster-1" } }, { "shop/db": reference }),
    );
    const [placement] = placementsOf(spec, "shop/db");
    const delivery = spec.namespaces[0]?.deliveries[0];
    assert.ok(placement && delivery);
    assert.equal(placement.referencedBy, 'stores.main.references["shop/db"]');
    const readable = new Map([["shop/db", { objects: placement.objects.map((object) => ({ object })) }]]);
    assert.deepEqual(selectReads(delivery, readable), {
      extract: [],
      data: [
        { secretKey: "password", ref: { key: "rds!cluster-1", property: "db_password" } },
        { secretKey: "username", ref: { key: "rds!cluster-1", property: "login.name", version: "AWSPREVIOUS" } },
      ],
    });
  });

  it("needs no value and no strength, where every store has it from somebody else", () => {
    const keys: Catalogue = {
      shop: {
        secrets: { db: { keys: { token: provided("shopToken"), weak: password({ length: 8 }) } } },
        deliveries: [{ namespace: "shop", secretName: "shop-db", from: ["db"] }],
      },
    };
    const spec = environment({ ...withStore(aws, { "shop/db": true }), catalogue: keys });
    assert.deepEqual(spec.secrets[0]?.origin, { kind: "referenced", byStores: true });
  });

  it("is made here as ever, where it is written to another store", () => {
    const spec = environment({
      facts: {
        ...facts,
        clusters: issuer,
        stores: { vault, aws: { ...aws, references: { "shop/db": true } } },
        namespaces: { shop: { cluster: "main", store: "vault" }, till: { cluster: "main", store: "aws" } },
      },
      catalogue: {
        shop: {
          secrets: catalogue["shop"]?.secrets ?? {},
          deliveries: ["shop", "till"].map((namespace) => ({ namespace, secretName: "db", from: ["db"] })),
        },
      },
    });
    assert.deepEqual(spec.secrets[0]?.origin, { kind: "generated" });
    assert.deepEqual(
      spec.placements.map(({ store, referencedBy }) => [store.name, referencedBy]),
      [
        ["aws", 'stores.aws.references["shop/db"]'],
        ["vault", undefined],
      ],
    );
  });

  it("may be the same object for two secrets, since nobody writes it here", () => {
    const two: Catalogue = {
      shop: {
        secrets: { db: { keys: { a: literal("x") } }, copy: { keys: { a: literal("x") } } },
        deliveries: [{ namespace: "shop", secretName: "shop-db", from: ["db", { secret: "copy", keys: { b: "a" } }] }],
      },
    };
    const remoteNames = { "shop/db": "theirs", "shop/copy": "theirs" };
    const both = { "shop/db": true, "shop/copy": true };
    assert.doesNotThrow(() => environment({ ...withStore({ ...aws, remoteNames }, both), catalogue: two }));
    const one = refusalOf({ ...withStore({ ...aws, remoteNames }, { "shop/db": true }), catalogue: two });
    assert.match(one, /both map to "theirs"/);
  });

  const at = 'stores.main.references["shop/db"]';
  for (const [title, message, line] of [
    [
      "names no secret",
      () => refused(aws, { "shop/bd": true }),
      [
        `  stores.main.references["shop/bd"]: no such secret; did you mean shop/db? there is shop/db`,
        `    fix: if it is gone: pulumi config rm --path 'stores.main.references["shop/bd"]'`,
      ],
    ],
    [
      "names no key of the secret",
      () => refused(aws, { "shop/db": { keys: { pasword: "x" } } }),
      [
        `  ${at}.keys.pasword: the secret has no key "pasword" in this environment; it has password, username`,
        `    fix: pulumi config rm --path '${at}.keys.pasword'`,
      ],
    ],
    [
      "pins a version that the store can't have",
      () => refused(vault, { "shop/db": { version: "latest" } }),
      [`  ${at}.version: must be the number of a version, received a text of 6 characters`],
    ],
    [
      "reads whole objects of Vault",
      () => refused(vault, { "shop/db": { keys: { password: { whole: true } } } }),
      [
        `  ${at}.keys.password.whole: an object in a store of kind vault-kv has named values and no text of its own`,
        "    fix: name the property that holds the value: property",
      ],
    ],
    [
      "names a key where the store decrypts by itself",
      () => refused(vault, { "shop/db": { kmsKeyArn: "arn:aws:kms:eu-central-1:123456789012:key/1" } }),
      [
        `  ${at}.kmsKeyArn: has no effect: a store of kind vault-kv decrypts for its readers, who need no right to a key`,
        `    fix: pulumi config rm --path '${at}.kmsKeyArn'`,
      ],
    ],
    [
      "names a key of another region",
      () => refused(aws, { "shop/db": { kmsKeyArn: "arn:aws:kms:eu-west-1:123456789012:key/1" } }),
      [
        `  ${at}.kmsKeyArn: must be a key in eu-central-1, received one in eu-west-1`,
        "    fix: a multi-Region key has an ARN of its own in each region: aws kms describe-key --key-id <id> --region <region>",
      ],
    ],
    [
      "stands beside an entry that adopts",
      () => refused(aws, { "shop/db": true }, { adopt: { "shop/db": true } }),
      [
        `  adopt["shop/db"]: has no effect: each store of the secret has it under references, so that nothing of it is written`,
        `    fix: pulumi config rm --path 'adopt["shop/db"]'`,
      ],
    ],
    [
      "stands beside a rotation",
      () => refused(aws, { "shop/db": true }, { rotations: { "shop/db": "2026-02-01" } }),
      [
        `  rotations["shop/db"]: has no effect: the secret is under references of each of its stores too, and whoever makes its values rotates them`,
        `    fix: pulumi config rm --path 'rotations["shop/db"]'`,
      ],
    ],
    [
      "has the name of a secret in another project",
      () => refused({ ...google, remoteNames: { "shop/db": "projects/other/secrets/db" } }, { "shop/db": true }),
      [
        `  stores.main.remoteNames["shop/db"]: the id of shop/db is "projects/other/secrets/db"; Google allows letters, digits, "-" and "_"`,
        "    fix: what is in another project is read from a store of its own with that project",
      ],
    ],
    [
      "has property and whole",
      () => refused(aws, { "shop/db": { keys: { password: { property: "x", whole: true } } } }),
      [`  ${at}.keys.password: must have property or whole, and not both`],
    ],
  ] as const) {
    it(`is refused where it ${title}`, () => {
      assert.equal(message(), refusal(1, ...line));
    });
  }
});
