import assert from "node:assert/strict";
import {
  alternating,
  bcryptOf,
  literal,
  password,
  provided,
  providedOptionally,
  sshKeyPair,
} from "../../../../components/values/recipe.ts";
import type { Catalogue, CatalogueAccount } from "../../../../stacks/environments/catalogue-spec.ts";
import { environment, facts, refusal, refusalOf } from "../../../support/fixtures.ts";

const login: CatalogueAccount = { target: "main", username: "username", password: "password" };

const catalogueWith = (secrets: Catalogue[string]["secrets"]): Catalogue => ({
  shop: {
    secrets,
    deliveries: Object.keys(secrets).map((name) => ({ namespace: "shop", secretName: `shop-${name}`, from: [name] })),
  },
});
const db = { keys: { username: literal("shop"), password: password() }, accounts: [login] };
const main = { kind: "postgresql", host: "db.example", administrator: "admin" };
const twoDatabases = { main: { ...main, database: "db" }, second: { ...main, host: "DB.example", database: "till" } };
const pushing = { flavour: "kubeconfig", externalSecrets: { version: "2.9.0", pushSecrets: true } };
const withTargets = (secrets: Catalogue[string]["secrets"], changes: object = {}) => ({
  catalogue: catalogueWith(secrets),
  facts: { ...facts, targets: { main }, ...changes },
  administered: new Set(["main", "second"]),
});

describe("accounts", () => {
  it("are joined with their secret and their target, whose facts have defaults", () => {
    const { accounts } = environment(withTargets({ db }));
    assert.deepEqual(
      accounts.map(({ secret, ...rest }) => ({ ...rest, secret: secret.id })),
      [
        {
          secret: "shop/db",
          username: "username",
          password: "password",
          target: {
            kind: "postgresql",
            name: "main",
            host: "db.example",
            port: 5432,
            database: "postgres",
            administrator: "admin",
            tls: "verify",
          },
        },
      ],
    );
  });

  it("are those of the secrets that are made here, with the keys that exist here", () => {
    const optional = { ...db, keys: { username: literal("till"), password: providedOptionally("tillPassword") } };
    const all = withTargets({ db, till: optional }, { reference: { "shop/db": true }, targets: {} });
    assert.deepEqual(environment({ ...all, administered: new Set() }).accounts, []);
  });

  const refused: readonly (readonly [name: string, changes: object, ...lines: string[]])[] = [
    [
      "a target that nothing is known of",
      withTargets({ db }, { targets: {} }),
      "  targets.main: is missing: shop/db is a login of it, and a new value has to reach it before any store",
      "    fix: describe it (docs/rotation.md#targets)",
    ],
    [
      "a target whose administrator has no password",
      { ...withTargets({ db }), administered: new Set(["other"]) },
      "  targetPasswords: has no password for main (admin), with which the passwords of accounts are set",
      `    fix: pulumi config set --secret targetPasswords '{"main":"<password>","other":"<password>"}'`,
    ],
    [
      "a value that this program never sees",
      withTargets({ db }, { generatedInCluster: { "shop/db": "main" }, clusters: { main: pushing } }),
      '  generatedInCluster["shop/db"]: the secret is the login of a target (accounts), which can\'t be told of a value that this program never sees',
      "    fix: pulumi config rm --path 'generatedInCluster[\"shop/db\"]'",
    ],
    [
      "the administrator's own login",
      withTargets({ db: { ...db, keys: { ...db.keys, username: literal("admin") } } }),
      "  targets.main.administrator: is the account that shop/db is the login of: a rotation of it would make targetPasswords wrong",
      "    fix: name another role, which may set the passwords of others",
      "    or let it set its own, and those of others with it: pulumi config set --path 'targets.main.administratorSecret' shop/db",
    ],
    [
      "a password of characters that clients do not agree about",
      withTargets({ db: { ...db, keys: { ...db.keys, password: sshKeyPair() } } }),
      "  catalogue.shop.secrets.db.keys.password: is the password of an account of target main (postgresql at db.example:5432), and may have characters other than printable ASCII, which clients of PostgreSQL do not agree about",
      "    fix: choose another recipe, such as password()",
    ],
    [
      "one account with two passwords",
      withTargets({ db, till: db }),
      "  catalogue.shop.secrets.till.accounts: account shop of target main has one password, and shop/db is its login too",
      "    fix: let all that log in with it read one secret, or give each an account of its own",
    ],
    [
      "two accounts of one target with one password",
      withTargets(
        {
          db: {
            keys: { ...db.keys, reader: literal("reader") },
            accounts: [login, { ...login, target: "second" }, { ...login, username: "reader" }],
          },
        },
        { targets: { main, second: { ...main, host: "second.example" } } },
      ),
      '  catalogue.shop.secrets.db.accounts[2].password: names "password", which is the password of another account of target main already (accounts[0])',
      "    fix: give each account a key of its own for its password",
    ],
    [
      "one of two accounts by turns that another secret is the login of",
      withTargets({ db, till: { ...db, keys: { ...db.keys, username: alternating("till", "shop") } } }),
      "  catalogue.shop.secrets.till.accounts: account shop of target main has one password, and shop/db is its login too",
      "    fix: let all that log in with it read one secret, or give each an account of its own",
    ],
    [
      "one account with two passwords, by two targets of one server",
      withTargets({ db, till: { ...db, accounts: [{ ...login, target: "second" }] } }, { targets: twoDatabases }),
      "  catalogue.shop.secrets.till.accounts: account shop of target second has one password, and shop/db is its login too, at target main of the same server",
      "    fix: let all that log in with it read one secret, or give each an account of its own",
    ],
    [
      "one user with two passwords, of a server that is a replica of another target",
      withTargets(
        { db, till: { ...db, accounts: [{ ...login, target: "second" }] } },
        {
          targets: {
            main: { kind: "redis", host: "a.example", replicas: ["b.example"] },
            second: { kind: "redis", host: "B.example", replicas: ["c.example"] },
          },
        },
      ),
      "  catalogue.shop.secrets.till.accounts: account shop of target second has one password, and shop/db is its login too, at target main, which has some of its servers",
      "    fix: let all that log in with it read one secret, or give each an account of its own",
    ],
    [
      "one account that is named twice",
      withTargets({ db: { ...db, accounts: [login, { ...login, target: "second" }] } }, { targets: twoDatabases }),
      "  catalogue.shop.secrets.db.accounts: account shop of target second has one password, and this secret is its login already, at target main of the same server",
      "    fix: name it once: two targets of one server have the same accounts",
    ],
    [
      "one user that is named at two targets of which the second has all servers of the first",
      withTargets(
        { db: { ...db, accounts: [login, { ...login, target: "second" }] } },
        {
          targets: {
            main: { kind: "redis", host: "a.example", replicas: ["b.example"] },
            second: { kind: "redis", host: "B.example", replicas: ["a.example", "c.example", "10.0.0.7"] },
          },
        },
      ),
      "  catalogue.shop.secrets.db.accounts: account shop of target second has one password, and this secret is its login already, at target main, which has some of its servers",
      "    fix: name it at target second alone, which has all servers of target main",
    ],
    [
      "one user that is named at two targets of which one has all servers of the other",
      withTargets(
        { db: { ...db, accounts: [login, { ...login, target: "second" }] } },
        {
          targets: {
            main: { kind: "redis", host: "a.example", replicas: ["b.example"] },
            second: { kind: "redis", host: "B.example" },
          },
        },
      ),
      "  catalogue.shop.secrets.db.accounts: account shop of target second has one password, and this secret is its login already, at target main of the same server",
      "    fix: name it at target main alone, which has all servers of target second",
    ],
    [
      "one user that is named at two targets of which each has a server that the other lacks",
      withTargets(
        { db: { ...db, accounts: [login, { ...login, target: "second" }] } },
        {
          targets: {
            main: { kind: "redis", host: "a.example", replicas: ["b.example"] },
            second: { kind: "redis", host: "B.example", replicas: ["c.example", "10.0.0.7"] },
          },
        },
      ),
      "  catalogue.shop.secrets.db.accounts: account shop of target second has one password, and this secret is its login already, at target main, which has some of its servers",
      "    fix: let target main have the servers of both, and name it there alone: pulumi config set --path 'targets.main.replicas[1]' c.example && pulumi config set --path 'targets.main.replicas[2]' 10.0.0.7",
    ],
    [
      "the login of another target's administrator, which is configured",
      withTargets(
        {
          db: { ...db, accounts: [{ ...login, target: "second" }] },
          owner: { ...db, keys: { ...db.keys, username: literal("admin") } },
        },
        { targets: { ...twoDatabases, main: { ...main, administratorSecret: "shop/owner" } } },
      ),
      "  targets.second.administrator: is the account that shop/owner is the login of at target main, of the same server: a rotation of it would make targetPasswords wrong",
      "    fix: name another role, which may set the passwords of others",
      "    or let it set its own, and those of others with it: pulumi config set --path 'targets.second.administratorSecret' shop/owner",
    ],
    [
      "one account by turns with itself",
      withTargets({ db: { ...db, keys: { ...db.keys, username: alternating("shop", "shop") } } }),
      "  catalogue.shop.secrets.db.keys.username: must be two names, and both are the same",
    ],
    [
      "two by turns of no target",
      withTargets({ db: { keys: { ...db.keys, username: alternating("shop_a", "shop_b") } } }),
      "  catalogue.shop.secrets.db.keys.username: is the name of an account by turns, and accounts names no target of it",
      '    fix: name it there: accounts: [{ target: "…", username: "<this key>", password: "…" }]',
    ],
    [
      "a name that is not fixed",
      withTargets({ db: { ...db, keys: { ...db.keys, username: password() } } }),
      '  catalogue.shop.secrets.db.accounts[0].username: names "username", which is no fixed name',
      '    fix: give the account\'s name a key of its own: literal("…"), or alternating("…", "…") for two accounts by turns',
    ],
    [
      "a password that is made of another value",
      withTargets({
        db: { keys: { ...db.keys, hash: bcryptOf("password") }, accounts: [{ ...login, password: "hash" }] },
      }),
      '  catalogue.shop.secrets.db.accounts[0].password: names "hash", which is no random or provided value',
      "    fix: name the key that the account's password is made in, such as password()",
    ],
    [
      "a key that is not there",
      withTargets({ db: { ...db, accounts: [{ ...login, password: "pasword" }] } }),
      '  catalogue.shop.secrets.db.accounts[0].password: names "pasword", and the secret has no such key; it has password, username',
      '    fix: did you mean "password"?',
    ],
    [
      "a target of an illegal name",
      withTargets({ db: { ...db, accounts: [{ ...login, target: "Main" }] } }, { targets: {} }),
      '  catalogue.shop.secrets.db.accounts[0].target: must be up to 63 lowercase letters, digits or "-", beginning with a letter and ending with a letter or digit; character 1 is an uppercase letter',
    ],
    [
      "accounts that are no list",
      withTargets({ db: { ...db, accounts: login as unknown as CatalogueAccount[] } }),
      '  catalogue.shop.secrets.db.accounts: must be a list of accounts, such as [{ target: "db", username: "username", password: "password" }], received an object',
    ],
    [
      "a host with a scheme",
      withTargets({ db }, { targets: { main: { ...main, host: "https://db" } } }),
      '  targets.main.host: must be the name or address of a host, without a scheme and a port; character 7 is "/"',
    ],
  ];
  for (const [name, changes, ...lines] of refused) {
    it(`may not be ${name}`, () => {
      assert.equal(refusalOf(changes), refusal(1, ...lines));
    });
  }

  it("are told apart by server, by port and by the host of their clients", () => {
    const second = { ...db, accounts: [{ ...login, target: "second" }] };
    const mysql = { kind: "mysql", host: "db.example", administrator: "admin" };
    const pairs: readonly (readonly [object, object])[] = [
      [main, { ...main, host: "other.example" }],
      [main, { ...main, port: 5433 }],
      [main, { ...mysql, port: 5432 }],
      [mysql, { ...mysql, accountHost: "10.%" }],
    ];
    for (const [first, other] of pairs) {
      const changes = withTargets({ db, till: second }, { targets: { main: first, second: other } });
      const { accounts } = environment({ ...changes, administered: new Set(["main", "second"]) });
      assert.equal(accounts.length, 2);
    }
  });

  it("may have a password that people provide", () => {
    const own = { ...db, keys: { ...db.keys, password: provided("shopPassword") } };
    const { accounts } = environment({ ...withTargets({ db: own }), secretKeys: new Set(["shopPassword"]) });
    assert.equal(accounts.length, 1);
  });
});
