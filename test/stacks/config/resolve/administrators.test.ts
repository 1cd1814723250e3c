import assert from "node:assert/strict";
import { alternating, literal, password, provided } from "../../../../components/values/recipe.ts";
import type { Catalogue } from "../../../../stacks/environments/catalogue-spec.ts";
import { environment, facts, refusal, refusalOf } from "../../../support/fixtures.ts";

const login = (target: string) => ({ target, username: "username", password: "password" });
const of = (name: string, ...targets: readonly string[]) => ({
  keys: { username: literal(name), password: password() },
  accounts: targets.map(login),
});
const target = (administrator: string, administratorSecret?: string, host = "db.example") => ({
  kind: "postgresql",
  host,
  administrator,
  ...(administratorSecret === undefined ? {} : { administratorSecret }),
});
const withSecrets = (secrets: Catalogue[string]["secrets"], targets: object, changes: object = {}) => ({
  catalogue: {
    shop: {
      secrets,
      deliveries: Object.keys(secrets).map((name) => ({ namespace: "shop", secretName: `shop-${name}`, from: [name] })),
    },
  },
  facts: { ...facts, targets, ...changes },
});
const main = target("owner", "shop/owner");
const both = { db: of("shop", "main"), owner: of("owner", "main") };

describe("a target's administrator whose login is a secret", () => {
  it("is joined with every account of the target, its own among them, and needs no configured password", () => {
    const { accounts } = environment(withSecrets(both, { main }));
    assert.deepEqual(
      accounts.map(({ secret, administratedBy }) => [secret.id, administratedBy]),
      ["shop/db", "shop/owner"].map((id) => [id, { secret: "shop/owner", password: "password", target: "main" }]),
    );
    assert.ok(accounts.every(({ target: spec }) => spec.administratorSecret === "shop/owner"));
  });

  it("may be set by the administrator of another target", () => {
    const secrets = { db: of("shop", "main"), owner: of("owner", "main", "second"), root: of("root", "second") };
    const { accounts } = environment(
      withSecrets(secrets, { main, second: target("root", "shop/root", "second.example") }),
    );
    assert.equal(accounts.length, 4);
  });

  it("is the login of another target of the same server: its password is set there, once", () => {
    const second = { ...target("owner", "shop/owner"), database: "till" };
    const found = environment(withSecrets({ ...both, till: of("till", "second") }, { main, second }));
    const administratedBy = { secret: "shop/owner", password: "password", target: "main" };
    assert.deepEqual(
      found.accounts.map((account) => [account.secret.id, account.target.name, account.administratedBy]),
      [
        ["shop/db", "main", administratedBy],
        ["shop/owner", "main", administratedBy],
        ["shop/till", "second", administratedBy],
      ],
    );
  });

  it("is the login of a target with all of its servers, and not with some of them", () => {
    const redis = (host: string, ...replicas: readonly string[]) => ({
      ...{ kind: "redis", host, replicas, administrator: "owner", administratorSecret: "shop/owner" },
    });
    const secrets = { ...both, till: of("till", "second") };
    const { accounts } = environment(withSecrets(secrets, { main: redis("a", "b"), second: redis("b") }));
    assert.equal(accounts.at(-1)?.administratedBy?.target, "main");
    assert.equal(
      refusalOf(withSecrets(secrets, { main: redis("a", "b"), second: redis("b", "c") })),
      refusal(
        1,
        "  targets.second.administratorSecret: names shop/owner, which is the login of owner at some of its servers alone, by target main: a rotation of it would not reach the others",
        "    fix: let target main have the servers of both: pulumi config set --path 'targets.main.replicas[1]' c",
      ),
    );
    const joined = environment(withSecrets(secrets, { main: redis("a", "b", "c"), second: redis("b", "c") }));
    assert.equal(joined.accounts.at(-1)?.administratedBy?.target, "main");
  });

  const path = "  targets.main.administratorSecret: ";
  const refused: readonly (readonly [name: string, changes: object, ...lines: string[]])[] = [
    [
      "no secret",
      withSecrets(both, { main: target("owner", "shop/ownr") }),
      `${path}names "shop/ownr", which is no secret of this environment; did you mean shop/owner? there are shop/db, shop/owner`,
    ],
    [
      "no account of the target",
      withSecrets({ ...both, owner: { keys: both.owner.keys } }, { main }),
      `${path}names shop/owner, which is not the login of owner there: a rotation of it would not reach the target`,
      '    fix: give the secret accounts: [{ target: "main", username: "<key with literal("owner")>", password: "<key>" }]',
    ],
    [
      "two accounts by turns",
      withSecrets(
        { ...both, owner: { ...both.owner, keys: { username: alternating("owner", "other"), password: password() } } },
        { main },
      ),
      `${path}names shop/owner, which is not the login of owner there: a rotation of it would not reach the target`,
      '    fix: give the secret accounts: [{ target: "main", username: "<key with literal("owner")>", password: "<key>" }]',
    ],
    [
      "a password that people provide",
      {
        ...withSecrets(
          {
            ...both,
            owner: { ...both.owner, keys: { username: literal("owner"), password: provided("ownerPassword") } },
          },
          { main },
        ),
        secretKeys: new Set(["ownerPassword"]),
      },
      `${path}names shop/owner, whose password people provide: the one before, by which it is changed, is not kept`,
      "    fix: generate it, such as by password(), or configure it (targetPasswords)",
    ],
    [
      "a secret of others",
      withSecrets(both, { main }, { reference: { "shop/owner": true } }),
      `${path}names shop/owner, whose value never passes through this program`,
      "    fix: name a secret that is generated here, or configure the password (targetPasswords)",
    ],
    [
      "that of a target without an administrator",
      withSecrets(both, {
        main: { kind: "grafana", url: "https://grafana.example", administratorSecret: "shop/owner" },
      }),
      `${path}has no effect: target main (grafana at https://grafana.example) has no administrator`,
      "    fix: pulumi config set --path 'targets.main.administrator' <account that sets the passwords of others>",
    ],
    [
      "in a circle with another one",
      withSecrets(
        { one: of("one", "main", "second"), two: of("two", "main", "second") },
        { main: target("one", "shop/one"), second: target("two", "shop/two", "second.example") },
      ),
      "  targets.second.administratorSecret: makes a circle of administrators: shop/one is set by shop/two is set by shop/one",
      "    fix: configure the password of one of these targets instead (targetPasswords)",
    ],
    [
      "of another form",
      withSecrets(both, { main: target("owner", "owner") }),
      `${path}must be a secret of the catalogue, as <application>/<secret>`,
    ],
  ];
  for (const [name, changes, ...lines] of refused) {
    it(`may not be ${name}`, () => {
      assert.equal(refusalOf(changes), refusal(1, ...lines));
    });
  }
});
