import assert from "node:assert/strict";
import { literal, password } from "../../../../components/values/recipe.ts";
import type { Catalogue } from "../../../../stacks/environments/catalogue-spec.ts";
import { catalogueOf, environment, facts, refusal, refusalOf } from "../../../support/fixtures.ts";

const keys = { username: literal("shop"), password: password() };
const clusters = { main: { ...facts.clusters.main, issuer: "https://issuer.example" } };
const aws = { region: "eu-central-1", accountId: "111122223333", oidcProviders: { main: "create" } };
const stores = {
  vault: facts.stores.vault,
  parameters: { kind: "aws-parameter-store", ...aws },
  manager: { kind: "aws-secrets-manager", ...aws },
  azure: {
    kind: "azure-key-vault",
    subscriptionId: "11111111-1111-4111-8111-111111111111",
    tenantId: "22222222-2222-4222-8222-222222222222",
    resourceGroup: "secrets",
    vault: "kv-acme",
    location: "westeurope",
  },
  google: {
    kind: "gcp-secret-manager",
    project: "acme-prod",
    projectNumber: "123456789012",
    identityProviders: {
      main: "projects/123456789012/locations/global/workloadIdentityPools/main/providers/main",
    },
  },
} as const;
type Store = keyof typeof stores;

interface Rest {
  readonly catalogue?: Catalogue;
  readonly facts?: object;
  /** Facts of the store. */
  readonly store?: object;
}

/** The environment in which one namespace reads a store with these names. */
function named(name: Store, remoteNames: Readonly<Record<string, string>>, rest: Rest = {}) {
  const { catalogue = catalogueOf(keys), facts: changes = {}, store = {} } = rest;
  const all = { [name]: { ...stores[name], remoteNames, ...store } };
  const namespaces = { shop: { cluster: "main", store: name } };
  return { catalogue, facts: { ...facts, stores: all, clusters, namespaces, ...changes } };
}

/** Two secrets of these keys, each delivered. */
const two: Catalogue = {
  shop: {
    secrets: { db: { keys }, mail: { keys } },
    deliveries: [{ namespace: "shop", secretName: "shop", from: [{ secret: "db", keys: { a: "password" } }, "mail"] }],
  },
};

const one = "    fix: pulumi config set --path 'stores.";

describe("names that facts choose", () => {
  const legal: readonly (readonly [Store, string])[] = [
    ["vault", "db"],
    ["vault", "Legacy/DB_1.v2/~user@acme.com:x=1"],
    ["vault", "x".repeat(400)],
    ["manager", "rds-db-secret"],
    ["manager", `a/b_c+d=e.f@g-${"x".repeat(498)}`],
    ["google", `1_A-${"x".repeat(251)}`],
  ];
  for (const [store, name] of legal) {
    it(`are legal in ${store}: ${name.slice(0, 40)}`, () => {
      const { placements } = environment(named(store, { "shop/db": name }));
      assert.deepEqual(
        placements.flatMap(({ objects }) => objects.map((object) => object.name)),
        [name],
      );
    });
  }
  for (const [store, name] of [
    ["parameters", "/Legacy.db/_pass-word"],
    ["parameters", "db-password"],
    ["azure", `-A--${"x".repeat(123)}`],
  ] as const) {
    it(`are legal in ${store} for a key: ${name.slice(0, 40)}`, () => {
      const { placements } = environment(named(store, { "shop/db/password": name }));
      const names = placements.flatMap(({ objects }) => objects.map((object) => object.name));
      assert.ok(names.includes(name), names.join(", "));
    });
  }

  const slashes = "must be names joined by single slashes, with no slash at its ends";
  const illegal: readonly (readonly [Store, entry: string, name: string, problem: string])[] = [
    ["vault", "shop/db", "/legacy/db", `the path of shop/db is "/legacy/db", and ${slashes}`],
    ["vault", "shop/db", "legacy//db", `the path of shop/db is "legacy//db", and ${slashes}`],
    [
      "vault",
      "shop/db",
      "a/../b",
      'the path of shop/db is "a/../b", and must have no part that is . or .., which Vault refuses',
    ],
    ...["legacy/*", "legacy/+/db", "a b", "a%2fb"].map(
      (name) =>
        [
          "vault",
          "shop/db",
          name,
          `the path of shop/db is "${name}", and must be letters, digits and -._~@:= in names joined by slashes`,
        ] as const,
    ),
    ["vault", "shop/db", "x".repeat(401), "the path of shop/db has 401 characters; Vault allows at most 400"],
    [
      "parameters",
      "shop/db/password",
      "legacy/db",
      'parameter "legacy/db" of shop/db must be one part, or parts that each begin with a slash, such as /legacy/db/password',
    ],
    [
      "parameters",
      "shop/db/password",
      "/legacy/",
      'parameter "/legacy/" of shop/db must be one part, or parts that each begin with a slash, such as /legacy/db/password',
    ],
    [
      "parameters",
      "shop/db/password",
      "/a*",
      'parameter "/a*" of shop/db contains characters other than letters, digits and _ . - /',
    ],
    [
      "parameters",
      "shop/db/password",
      `${"/a".repeat(16)}`,
      `parameter "${"/a".repeat(16)}" of shop/db lies 16 levels deep; AWS allows at most 15`,
    ],
    [
      "manager",
      "shop/db",
      "a b",
      'the name of "a b" of shop/db contains characters other than letters, digits and / _ + = . @ -',
    ],
    [
      "manager",
      "shop/db",
      "x".repeat(513),
      `the name of "${"x".repeat(513)}" of shop/db has 513 characters; Secrets Manager allows at most 512`,
    ],
    [
      "azure",
      "shop/db/password",
      "db_password",
      'the name of shop/db, key password is "db_password"; Key Vault allows letters, digits and "-"',
    ],
    [
      "azure",
      "shop/db/password",
      "x".repeat(128),
      "the name of shop/db, key password has 128 characters; Key Vault allows at most 127",
    ],
    ["google", "shop/db", "a/b", 'the id of shop/db is "a/b"; Google allows letters, digits, "-" and "_"'],
    ["google", "shop/db", "x".repeat(256), "the id of shop/db has 256 characters; Google allows at most 255"],
  ];
  for (const [store, entry, name, problem] of illegal) {
    it(`are refused by ${store} where its rules do: ${problem.slice(0, 60)}`, () => {
      assert.equal(
        refusalOf(named(store, { [entry]: name })),
        refusal(1, `  stores.${store}.remoteNames["${entry}"]: ${problem}`),
      );
    });
  }

  for (const reserved of ["/aws/db", "/AWSdb/x", "/ssm-x", "ssm-x"]) {
    it(`may not begin as AWS reserves it, of a referenced parameter either: ${reserved}`, () => {
      const path = 'stores.parameters.remoteNames["shop/db/password"]';
      const part = reserved.startsWith("/") ? `/${reserved.split("/")[1] ?? ""}/` : reserved;
      for (const reference of [{}, { reference: { "shop/db": true } }]) {
        assert.equal(
          refusalOf(named("parameters", { "shop/db/password": reserved }, { facts: reference })),
          refusal(
            1,
            `  ${path}: "${part}" begins with aws or ssm, which AWS reserves`,
            `    fix: pulumi config set --path '${path}' <another name>`,
          ),
        );
      }
    });
  }

  it("may be those of a service of AWS only where the secret is referenced", () => {
    const remoteNames = { "shop/db": "rds!cluster-1f2e3d4c" };
    assert.equal(
      refusalOf(named("manager", remoteNames)),
      refusal(
        1,
        '  stores.manager.remoteNames["shop/db"]: the name of "rds!cluster-1f2e3d4c" of shop/db begins with "rds!", which only the service of AWS that makes such secrets can give',
        `    fix: read it where it is: pulumi config set --path 'reference["shop/db"]' true`,
      ),
    );
    const { placements } = environment(named("manager", remoteNames, { facts: { reference: { "shop/db": true } } }));
    assert.deepEqual(
      placements.flatMap(({ objects }) => objects.map(({ name }) => name)),
      ["rds!cluster-1f2e3d4c"],
    );
  });

  it("are not empty", () => {
    assert.equal(
      refusalOf(named("vault", { "shop/db": "" })),
      refusal(1, '  stores.vault.remoteNames["shop/db"]: must be the name of an object, and is empty'),
    );
  });

  describe("of two objects", () => {
    const taken = (store: Store, entry: string, problem: string) =>
      refusal(
        1,
        `  stores.${store}.remoteNames["${entry}"]: ${problem}`,
        `${one}${store}.remoteNames["${entry}"]' <another name>`,
      );

    it("are not the same", () => {
      assert.equal(
        refusalOf(named("vault", { "shop/db": "one", "shop/mail": "one" }, { catalogue: two })),
        taken("vault", "shop/mail", 'shop/db and shop/mail both map to "one"'),
      );
    });

    it("are not the same as one that is made here, whichever comes first", () => {
      for (const [entry, other] of [
        ["shop/db", "mail"],
        ["shop/mail", "db"],
      ] as const) {
        assert.equal(
          refusalOf(named("vault", { [entry]: `acme-test/shop/${other}` }, { catalogue: two })),
          taken("vault", entry, `shop/db and shop/mail both map to "acme-test/shop/${other}"`),
        );
      }
    });

    it("differ in more than case where the store takes both for one, and only there", () => {
      const remoteNames = { "shop/db/password": "DB", "shop/db/username": "db" };
      assert.equal(
        refusalOf(named("azure", remoteNames)),
        taken("azure", "shop/db/username", 'shop/db password and shop/db username both map to "db"'),
      );
      environment(named("parameters", { "shop/db/password": "/DB", "shop/db/username": "/db" }));
    });

    it("do not differ in the slash alone that an ARN in Parameter Store does not tell", () => {
      assert.equal(
        refusalOf(named("parameters", { "shop/db/password": "/db", "shop/db/username": "db" })),
        taken("parameters", "shop/db/username", 'shop/db password and shop/db username both map to "db"'),
      );
    });

    it("may be one below the other, in a hierarchy too", () => {
      environment(named("parameters", { "shop/db/password": "/db", "shop/db/username": "/db/user" }));
      environment(named("vault", { "shop/db": "db", "shop/mail": "db/mail" }, { catalogue: two }));
    });
  });

  describe("of nothing", () => {
    const at = (store: Store, entry: string) => `stores.${store}.remoteNames["${entry}"]`;
    const without = (store: Store, entry: string) => `    fix: pulumi config rm --path '${at(store, entry)}'`;

    it("are refused where there is no such secret", () => {
      assert.equal(
        refusalOf(named("vault", { "shop/dbs": "db" })),
        refusal(
          1,
          `  ${at("vault", "shop/dbs")}: no such secret; did you mean shop/db? there is shop/db`,
          `    fix: if it is gone: pulumi config rm --path '${at("vault", "shop/dbs")}'`,
        ),
      );
    });

    it("are refused where the secret has no such key", () => {
      assert.equal(
        refusalOf(named("parameters", { "shop/db/pasword": "/db" })),
        refusal(
          1,
          `  ${at("parameters", "shop/db/pasword")}: the secret has no key "pasword" in this environment; it has password, username`,
          without("parameters", "shop/db/pasword"),
        ),
      );
    });

    it("are refused where the store does not get the secret", () => {
      const changes = named("vault", {});
      const all = { ...changes.facts.stores, manager: { ...stores.manager, remoteNames: { "shop/db": "db" } } };
      assert.equal(
        refusalOf({ ...changes, facts: { ...changes.facts, stores: all } }),
        refusal(
          1,
          `  ${at("manager", "shop/db")}: has no effect: no namespace that gets the secret reads store manager`,
          without("manager", "shop/db"),
        ),
      );
    });

    it("are refused for a key where all keys are one object", () => {
      assert.equal(
        refusalOf(named("vault", { "shop/db/password": "db" })),
        refusal(
          1,
          `  ${at("vault", "shop/db/password")}: has no effect: store vault keeps all keys of shop/db in one object`,
          `${without("vault", "shop/db/password")}, and name the object: ${at("vault", "shop/db")}`,
        ),
      );
    });

    it("are refused for a secret where each key is an object", () => {
      assert.equal(
        refusalOf(named("azure", { "shop/db": "db" })),
        refusal(
          1,
          `  ${at("azure", "shop/db")}: has no effect: store azure keeps each key of shop/db in an object of its own`,
          `    fix: name each of them: ${at("azure", "shop/db/password")}, ${at("azure", "shop/db/username")}; or keep the keys in one object: pulumi config set --path 'stores.azure.layout' bundle`,
        ),
      );
    });

    it("are refused where another entry names the same object", () => {
      const remoteNames = { "shop/db": "/db", "shop/db/password": "/password" };
      assert.equal(
        refusalOf(named("parameters", remoteNames, { catalogue: catalogueOf({ password: password() }) })),
        refusal(
          1,
          `  ${at("parameters", "shop/db")}: has no effect beside ${at("parameters", "shop/db/password")}, which names the same object`,
          without("parameters", "shop/db"),
        ),
      );
    });

    it("are the name of the only key", () => {
      const catalogue = catalogueOf({ password: password() });
      const { placements } = environment(named("parameters", { "shop/db": "/legacy/db/password" }, { catalogue }));
      assert.deepEqual(placements[0]?.objects, [
        { name: "/legacy/db/password", namedBy: "shop/db", layout: "per-key", keys: ["password"] },
      ]);
    });
  });
});
