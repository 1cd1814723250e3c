import assert from "node:assert/strict";
import { RunError, secret } from "@pulumi/pulumi";
import bcrypt from "bcryptjs";
import { ApplicationSecrets } from "../../../components/applications/application-secrets.ts";
import type { ApplicationSecretsArgs } from "../../../components/applications/args.ts";
import type { StateResource } from "../../../components/backends/contract.ts";
import { openStore, remoteObjectsOf, type RemoteStoreSpec } from "../../../components/backends/index.ts";
import type { AccountSpec } from "../../../components/targets/kinds.ts";
import {
  alternating,
  bcryptOf,
  hexToken,
  literal,
  password,
  provided,
  rotatedAt,
  template,
  type Recipe,
} from "../../../components/values/recipe.ts";
import type { Entropy } from "../../../components/values/entropy.ts";
import { previousValue } from "../../../components/values/previous.ts";
import type { SecretSpec } from "../../../components/values/secret-spec.ts";
import { shapeOfSecret } from "../../../stacks/config/resolve/secret-shape.ts";
import { leaks } from "../../support/clear-text.ts";
import { knownEntropy } from "../../support/entropy.ts";
import { FakeVault, type Values } from "../../support/fake-vault.ts";
import { environment, stateResource } from "../../support/fixtures.ts";
import { runFailing, runProgram, type RunOptions } from "../../support/mocks.ts";
import { SecretInput } from "../../support/recording.ts";
import { RemoteMemory } from "../../support/remote-memory.ts";
import { surveyWith } from "../../support/surveys.ts";
import { awsParameterStore } from "../backends/rows/aws.ts";
import { vaultKv } from "../backends/rows/vault-kv.ts";

const stash = "pulumi:index:Stash";
const stored = "vault:kv/secretV2:SecretV2";
const remotePath = "secret/acme-test/shop/db";

const spec: SecretSpec = {
  id: "shop/db",
  app: "shop",
  name: "db",
  path: "shop/db",
  keys: { password: password() },
  epoch: "initial",
  rotatedAt: "2026-01-31T00:00:00Z",
  origin: { kind: "generated" },
};
const withKeys = (keys: Readonly<Record<string, Recipe>>): SecretSpec => ({ ...spec, keys });

interface Changes {
  readonly untracked?: readonly string[];
  readonly entropy?: Entropy;
  readonly retain?: boolean;
  readonly stores?: readonly RemoteStoreSpec[];
  readonly adoptions?: ApplicationSecretsArgs["adoptions"];
  readonly accounts?: readonly AccountSpec[];
  /** Default: empty. */
  readonly state?: readonly StateResource[];
}

/** The application `shop` with these secrets, in the Vault of the fixtures. */
const shop =
  (specs: readonly SecretSpec[], changes: Changes = {}) =>
  async () => {
    const {
      untracked = [],
      entropy = knownEntropy(),
      retain = false,
      stores,
      adoptions = new Map(),
      accounts = [],
      state = [],
    } = changes;
    const places = stores ?? [...environment().stores.values()];
    const destinations = await Promise.all(
      places.map(async (place) => ({
        name: place.name,
        store: (await openStore({ spec: place, secretConfig: () => undefined, options: {} })).prepare(
          surveyWith(...untracked),
        ),
        objects: (each: SecretSpec) => remoteObjectsOf(place, shapeOfSecret({ name: "test", platform: "acme" }, each)),
      })),
    );
    const args: ApplicationSecretsArgs = {
      specs,
      destinations: () => destinations,
      entropy,
      provided: (config) => secret(`provided-${config}`),
      previous: (each, key) => previousValue(state, each, key),
      targets: {
        accountsOf: () => accounts,
        administrator: ({ target: { name } }) => secret(`password of ${name}`),
        tell: () => assert.fail("mocks run no hooks"),
      },
      owner: { "managed-by": "pulumi" },
      retain,
      adoptions,
    };
    return new ApplicationSecrets("shop", args);
  };

/** The values that a run stored. */
async function valuesOf(program: () => Promise<unknown>, options: RunOptions = {}): Promise<Values> {
  const { vault } = await runProgram(program, options);
  return vault.read("secret", "acme-test/shop/db");
}

describe("secrets of an application", () => {
  it("are a value that is made once, and an object in the store, below the component", async () => {
    const { resources } = await runProgram(shop([spec]));
    assert.deepEqual(resources.contents, [
      "pulumi:index:Stash shop/db/password",
      "pulumi:providers:vault vault",
      "secrets:applications:ApplicationSecrets shop",
      "vault:kv/secretV2:SecretV2 shop/db/vault",
    ]);
    assert.deepEqual(
      [resources.find(stash, "shop/db/password").parent, resources.find(stored, "shop/db/vault").parent],
      ["shop", "shop"],
    );
    assert.deepEqual(resources.find("secrets:applications:ApplicationSecrets", "shop").inputs, {});
  });

  it("keep value and rule as one secret, whose later inputs are ignored", async () => {
    const { resources, vault } = await runProgram(shop([spec]));
    const { inputs, options } = resources.find(stash, "shop/db/password");
    const value = vault.read("secret", "acme-test/shop/db")["password"];
    const rule = '{"kind":"password","length":32,"classes":["digits","lower","upper"],"symbols":""}';
    assert.deepEqual(inputs, { input: new SecretInput({ rule, value }) });
    assert.deepEqual(options.ignoreChanges, ["input"]);
  });

  it("are made by every kind of recipe, sorted by key", async () => {
    const keys = {
      url: template("db://${username}:${token|uri}@db"),
      hash: bcryptOf("password"),
      username: literal("shop"),
      password: password({ length: 12 }),
      token: provided("shopToken"),
      time: rotatedAt(),
      hex: hexToken(4),
    };
    const { resources, vault } = await runProgram(shop([withKeys(keys)]));
    const values = vault.read("secret", "acme-test/shop/db");
    const { hash = "", password: plain = "", hex, ...others } = values;
    assert.deepEqual(Object.keys(values), ["hash", "hex", "password", "time", "token", "url", "username"]);
    assert.deepEqual(others, {
      time: "2026-01-31T00:00:00Z",
      token: "provided-shopToken",
      url: "db://shop:provided-shopToken@db",
      username: "shop",
    });
    assert.match(hex ?? "", /^[0-9a-f]{8}$/);
    assert.ok(bcrypt.compareSync(plain, hash));
    // Only what is random needs to be kept.
    assert.deepEqual(resources.names(stash), ["shop/db/hash", "shop/db/hex", "shop/db/password"]);
  });

  it("show no value in clear, not in the state's names either", async () => {
    const keys = { password: password(), token: provided("shopToken"), hash: bcryptOf("password"), hex: hexToken() };
    const { resources, vault, calls, logs } = await runProgram(shop([withKeys(keys)]));
    assert.equal(vault.values.length, 4);
    assert.deepEqual(leaks([resources.all, calls, logs], vault.values), []);
  });

  it("stay the same in a second run, whatever is random in it", async () => {
    const keys = { password: password(), hash: bcryptOf("password") };
    const first = await runProgram(shop([withKeys(keys)]));
    const before = first.vault.read("secret", "acme-test/shop/db");
    const { vault, state } = first;
    const after = await valuesOf(shop([withKeys(keys)], { entropy: knownEntropy("other") }), { vault, state });
    assert.deepEqual(after, before);
  });

  it("stay the same when their rule changes, and a warning says so", async () => {
    const { vault, state } = await runProgram(shop([spec]));
    const before = vault.read("secret", "acme-test/shop/db");
    const run = await runProgram(shop([withKeys({ password: hexToken() })]), { vault, state });
    assert.deepEqual(run.vault.read("secret", "acme-test/shop/db"), before);
    assert.deepEqual(run.logs, [
      {
        severity: "warning",
        message:
          "The rule of shop/db password changed in the catalogue; its value stays as it is until the secret is rotated " +
          '(rotations["shop/db"] in the environment\'s facts).',
      },
    ]);
  });

  it("say nothing of a rule that is written in another order", async () => {
    const one = withKeys({ password: password({ classes: ["lower", "upper"] }) });
    const other = withKeys({ password: password({ classes: ["upper", "lower"] }) });
    const { vault, state } = await runProgram(shop([one]));
    assert.deepEqual((await runProgram(shop([other]), { vault, state })).logs, []);
  });

  it("are new in a new epoch, by the rule of today, under names that carry the epoch", async () => {
    const { vault, state } = await runProgram(shop([spec]));
    const before = vault.read("secret", "acme-test/shop/db")["password"];
    const rotated: SecretSpec = { ...withKeys({ password: hexToken(16) }), epoch: "2026-02-01" };
    const run = await runProgram(shop([rotated], { entropy: knownEntropy("later") }), { vault, state });
    assert.deepEqual(run.resources.names(stash), ["shop/db/password@2026-02-01"]);
    assert.deepEqual(run.resources.names(stored), ["shop/db/vault"]);
    const after = run.vault.read("secret", "acme-test/shop/db")["password"];
    assert.match(after ?? "", /^[0-9a-f]{32}$/);
    assert.notEqual(after, before);
    assert.deepEqual(run.logs, []);
  });

  it("go to every store of the secret with the same values", async () => {
    const [vault] = [...environment().stores.values()];
    if (vault?.kind !== "vault-kv") return assert.fail("no vault");
    const stores: readonly RemoteStoreSpec[] = [vault, { ...vault, name: "second", mount: "other" }];
    const run = await runProgram(shop([spec], { stores }));
    assert.deepEqual(run.resources.names(stash), ["shop/db/password"]);
    assert.deepEqual(run.resources.names(stored), ["shop/db/second", "shop/db/vault"]);
    assert.deepEqual(run.vault.read("other", "acme-test/shop/db"), run.vault.read("secret", "acme-test/shop/db"));
    assert.deepEqual([...run.result.stored.keys()], ["vault", "second"]);
  });

  it("outlive the stack where the policy says so, in the store and nowhere else", async () => {
    const { resources } = await runProgram(shop([spec], { retain: true }));
    assert.equal(resources.find(stored, "shop/db/vault").options.retainOnDelete, true);
    assert.equal(resources.find(stash, "shop/db/password").options.retainOnDelete, false);
  });

  it("are not made anew for a preview's sake", async () => {
    const { vault, state } = await runProgram(shop([spec]));
    const preview = await runProgram(shop([spec]), { vault, state, preview: true });
    const { inputs } = preview.resources.find(stored, "shop/db/vault");
    assert.deepEqual(inputs["dataJson"], new SecretInput(JSON.stringify(vault.read("secret", "acme-test/shop/db"))));
  });
});

describe("adopting a secret that a store holds", () => {
  const adopted = { kind: "adopted", fromStores: true, without: [] } as const;
  const held: Values = { password: "theirs-5d1f", hash: bcrypt.hashSync("theirs-5d1f", 4), username: "shop" };
  const keys = { hash: bcryptOf("password"), password: password(), username: literal("shop") };
  const adopting: SecretSpec = { ...withKeys(keys), origin: adopted };
  const untracked = ["acme-test/shop/db"];
  const vaultOf = (values: Values) => {
    const vault = new FakeVault();
    vault.write(remotePath, values);
    return vault;
  };

  /** Why nothing was written to a store that holds these values. */
  const refusalOf = async (values: Values, changes: Partial<SecretSpec> = {}) => {
    const vault = vaultOf(values);
    const { errors } = await runFailing(shop([{ ...adopting, ...changes }], { untracked }), { vault });
    assert.deepEqual(vault.read("secret", "acme-test/shop/db"), values);
    const [error] = errors;
    assert.ok(RunError.isInstance(error));
    assert.deepEqual(leaks(error.message, ["theirs-5d1f", "theirs-77aa"]), []);
    return error.message;
  };

  it("takes values and hashes over, beside what the catalogue fixes", async () => {
    assert.deepEqual(await valuesOf(shop([adopting], { untracked }), { vault: vaultOf(held) }), held);
  });

  it("starts from the values that were decided on before the first write, and reads no others", async () => {
    const values = { password: "decided-77aa", hash: bcrypt.hashSync("decided-77aa", 4) };
    const adoptions = new Map([["shop/db", { values, outcomes: [], issues: [] }]]);
    const run = await runProgram(shop([withKeys(keys)], { adoptions }));
    assert.deepEqual(run.vault.read("secret", "acme-test/shop/db"), { ...values, username: "shop" });
    assert.deepEqual(run.calls, []);
    assert.deepEqual(leaks([run.resources.all, run.logs], Object.values(values)), []);
  });

  it("keeps them when the entry is gone, and reads the store no more", async () => {
    const first = await runProgram(shop([adopting], { untracked }), { vault: vaultOf(held) });
    const run = await runProgram(shop([withKeys(keys)]), first);
    assert.deepEqual(run.vault.read("secret", "acme-test/shop/db"), held);
    assert.deepEqual(run.calls, []);
  });

  it("makes what the store lacks", async () => {
    const values = await valuesOf(shop([adopting], { untracked }), { vault: vaultOf({ username: "shop" }) });
    assert.match(values["password"] ?? "", /^[A-Za-z0-9]{32}$/);
    assert.ok(bcrypt.compareSync(values["password"] ?? "", values["hash"] ?? ""));
  });

  it("hashes anew where the store holds a text that is no hash, once facts give that up", async () => {
    const vault = vaultOf({ ...held, hash: "plain" });
    const values = await valuesOf(shop([{ ...adopting, origin: { ...adopted, without: ["hash"] } }], { untracked }), {
      vault,
    });
    assert.equal(values["password"], "theirs-5d1f");
    assert.ok(bcrypt.compareSync("theirs-5d1f", values["hash"] ?? ""));
  });

  for (const [name, differing, ...lines] of [
    [
      "a text that is no hash",
      { hash: "theirs-77aa" },
      'store vault holds a "hash" that is not a bcrypt hash of the "password" that the secret will have',
      "to discard the value in store vault: pulumi config set --path 'adoptWithout[\"shop/db\"][0]' hash",
    ],
    [
      "another value than the catalogue",
      { username: "theirs-77aa" },
      'store vault holds another "username" than the catalogue',
      "put the existing value into the catalogue; or to discard the value in store vault: pulumi config set --path 'adoptWithout[\"shop/db\"][0]' username",
    ],
    [
      "a key that the catalogue does not have",
      { port: "theirs-77aa" },
      'store vault holds "port", which the catalogue does not have',
      "add it to the catalogue; or to discard the value in store vault: pulumi config set --path 'adoptWithout[\"shop/db\"][0]' port",
    ],
  ] as const) {
    it(`rejects to lose ${name}, and writes nothing`, async () => {
      assert.equal(
        await refusalOf({ ...held, ...differing }),
        `error serializing property "dataJson": adopt["shop/db"]: ${lines[0]}. It was not overwritten.\n    fix: ${lines[1]}`,
      );
    });
  }

  for (const [chosen, value] of [
    ["vault", "theirs-5d1f"],
    ["second", "theirs-77aa"],
  ] as const) {
    it(`takes the values of the store that facts name, where several hold it: ${chosen}`, async () => {
      const [first] = [...environment().stores.values()];
      if (first?.kind !== "vault-kv") return assert.fail("no vault");
      const stores: readonly RemoteStoreSpec[] = [first, { ...first, name: "second", mount: "other" }];
      const vault = vaultOf(held);
      const values = { password: "theirs-77aa", hash: bcrypt.hashSync("theirs-77aa", 4), username: "shop" };
      vault.write("other/acme-test/shop/db", values);
      const run = await runProgram(
        shop([{ ...adopting, origin: { ...adopted, preferred: chosen } }], { untracked, stores }),
        { vault },
      );
      for (const mount of ["secret", "other"]) {
        assert.equal(run.vault.read(mount, "acme-test/shop/db")["password"], value, mount);
      }
    });
  }

  it("names everything that would be lost at once", async () => {
    assert.equal(
      await refusalOf(
        { ...held, username: "theirs-77aa", port: "theirs-77aa" },
        { origin: { ...adopted, without: ["other"] } },
      ),
      [
        'error serializing property "dataJson": adopt["shop/db"]: store vault holds "port", which the catalogue does not have. It was not overwritten.',
        "    fix: add it to the catalogue; or to discard the value in store vault: pulumi config set --path 'adoptWithout[\"shop/db\"][1]' port",
        'adopt["shop/db"]: store vault holds another "username" than the catalogue. It was not overwritten.',
        "    fix: put the existing value into the catalogue; or to discard the value in store vault: pulumi config set --path 'adoptWithout[\"shop/db\"][2]' username",
      ].join("\n"),
    );
  });

  it("shows no value that it took over", async () => {
    const { resources, logs } = await runProgram(shop([adopting], { untracked }), { vault: vaultOf(held) });
    assert.deepEqual(leaks([resources.all, logs], [held["password"] ?? "", held["hash"] ?? ""]), []);
  });

  it("rejects, without adoption, to write over what somebody else put there", async () => {
    const vault = vaultOf(held);
    const { errors } = await runFailing(shop([withKeys(keys)], { untracked }), { vault });
    const [error] = errors;
    assert.ok(RunError.isInstance(error));
    assert.equal(
      error.message,
      'error serializing property "dataJson": shop/db: store vault contains a different value under this name, which is not in the state. ' +
        `It was not overwritten.\n    fix: to adopt it (refused if any value would be lost): pulumi config set --path 'adopt["shop/db"]' true`,
    );
    assert.deepEqual(vault.read("secret", "acme-test/shop/db"), held);
  });

  it("continues an interrupted run, whose values are in the state and in the store", async () => {
    const { vault, state } = await runProgram(shop([spec]));
    const before = vault.read("secret", "acme-test/shop/db");
    const seedsOnly = Object.fromEntries(Object.entries(state).filter(([, { type }]) => type === stash));
    const run = await runProgram(shop([spec], { untracked, entropy: knownEntropy("x") }), { vault, state: seedsOnly });
    assert.deepEqual(run.vault.read("secret", "acme-test/shop/db"), before);
  });
});

describe("a secret of an application that somebody else makes", () => {
  const theirs = { ...spec, origin: { kind: "referenced" } as const };

  it("is no value and no object here: one key for all stores that tell no version, and nothing shown", async () => {
    const vault = new FakeVault();
    for (const mount of ["secret", "other"]) vault.write(`${mount}/acme-test/shop/db`, { password: "theirs-5d1f" });
    const { spec: one } = vaultKv;
    const other = { ...one, name: "other", mount: "other" };
    const { resources, logs } = await runProgram(shop([theirs], { stores: [one, other] }), { vault });
    assert.deepEqual(resources.contents, [
      "pulumi:index:Stash shop/db@digest-key",
      "pulumi:providers:vault main",
      "pulumi:providers:vault other",
      "secrets:applications:ApplicationSecrets shop",
    ]);
    assert.deepEqual(leaks([resources.all, logs], ["theirs-5d1f"]), []);
  });

  it("needs no key where the store tells a version", async () => {
    const { spec: store } = awsParameterStore;
    const memory = new RemoteMemory();
    for (const { name } of remoteObjectsOf(store, shapeOfSecret({ name: "test", platform: "acme" }, theirs))) {
      memory.write("aws-parameter-store", name, "theirs-5d1f");
    }
    const { resources } = await runProgram(shop([theirs], { stores: [store] }), { memory });
    resources.assertNone(stash);
  });
});

describe("secrets that are logins of a target", () => {
  const login: SecretSpec = withKeys({ password: password(), username: literal("shop") });
  const account: AccountSpec = {
    target: {
      kind: "postgresql",
      name: "main",
      host: "db.example",
      port: 5432,
      database: "postgres",
      administrator: "admin",
      tls: "verify",
    },
    username: "username",
    password: "password",
  };
  const told = "shop/db/password/main";

  it("keep, encrypted, a digest of what their target was told, and another one for another login", async () => {
    const digestOf = async (each: SecretSpec) => {
      const { resources } = await runProgram(shop([each], { accounts: [account] }));
      const { inputs, parent } = resources.find(stash, told);
      const { login: kept, ...rest } = inputs["input"] as Readonly<Record<string, unknown>>;
      assert.ok(kept instanceof SecretInput);
      assert.deepEqual(
        { parent, ...rest },
        { parent: "shop", target: "target main (postgresql at db.example:5432)", epoch: "initial" },
      );
      return String(kept.value);
    };
    const digest = await digestOf(login);
    assert.match(digest, /^[\w+/]{43}=$/);
    assert.equal(await digestOf(login), digest);
    assert.notEqual(await digestOf(withKeys({ password: password(), username: literal("till") })), digest);
  });

  it("tell it each change, and the first value where that is a rotation's", async () => {
    const hooksOf = async (each: SecretSpec) =>
      (await runProgram(shop([each], { accounts: [account] }))).resources.find(stash, told).options.hooks;
    const hook = [`tell-${told}`];
    assert.deepEqual(await hooksOf(login), { beforeUpdate: hook });
    assert.deepEqual(await hooksOf({ ...login, epoch: "2026-12-01" }), { beforeUpdate: hook, beforeCreate: hook });
  });

  describe("of two accounts by turns", () => {
    const byTurns = withKeys({ username: alternating("shop_a", "shop_b"), password: password() });
    const kept = (name: string, value: string) => stateResource({ name }, { output: { rule: "", value } });
    const usernameOf = async (each: SecretSpec, state: readonly StateResource[]) => {
      const { vault } = await runProgram(shop([each], { accounts: [account], state }));
      return vault.read("secret", "acme-test/shop/db")["username"];
    };
    const at = (epoch: string) => ({ ...byTurns, epoch });

    it("begin with the first, and hand out the other one after each rotation", async () => {
      assert.equal(await usernameOf(byTurns, []), "shop_a");
      assert.equal(await usernameOf(at("2026-12-01"), [kept("shop/db/username", "shop_a")]), "shop_b");
      assert.equal(await usernameOf(at("2026-12-02"), [kept("shop/db/username@2026-12-01", "shop_b")]), "shop_a");
    });

    it("begin with the first where the state has none, whatever the epoch, or has another name", async () => {
      assert.equal(await usernameOf(at("2026-12-01"), []), "shop_a");
      assert.equal(await usernameOf(at("2026-12-01"), [kept("shop/db/username", "shop")]), "shop_a");
    });

    it("follow from no other key of the state", async () => {
      const others = [kept("shop/db/username-x", "shop_a"), kept("shop/db", "shop_a")];
      assert.equal(await usernameOf(at("2026-12-01"), others), "shop_a");
    });
  });

  it("write no object before it was told: where that fails, none is registered", async () => {
    const { resources } = await runFailing(shop([login], { accounts: [account] }), { refuses: [told] });
    assert.deepEqual(resources.names(stored), []);
    assert.deepEqual(resources.names(stash), ["shop/db/password", told, "shop/db@digest-key"]);
  });
});
