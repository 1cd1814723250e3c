import assert from "node:assert/strict";
import { output, secret } from "@pulumi/pulumi";
import { RefusedError } from "../../../../components/support/messages/errors.ts";
import { TargetError } from "../../../../components/targets/kind.ts";
import type { ExamineTarget } from "../../../../components/targets/kinds.ts";
import { digestOf } from "../../../../components/targets/told-account.ts";
import { alternating, literal, password, provided } from "../../../../components/values/recipe.ts";
import { rotatedTargetIssues, toldNext } from "../../../../stacks/deploy/preflight/rotated-targets.ts";
import { toldState } from "../../../../stacks/deploy/preflight/told-state.ts";
import type { Catalogue } from "../../../../stacks/environments/catalogue-spec.ts";
import { environment, facts, stateResource } from "../../../support/fixtures.ts";
import { failing, up } from "../../../support/stack.ts";

const canary = "c4nary-Vq8Zt2";
const account = (target: string) => ({ target, username: "username", password: "password" });
const catalogue: Catalogue = {
  shop: {
    secrets: {
      db: { keys: { username: literal("shop"), password: password() }, accounts: [account("database")] },
      turns: {
        keys: { username: alternating("shop_a", "shop_b"), password: password() },
        accounts: [account("database")],
      },
      cache: { keys: { username: literal("shop"), password: password() }, accounts: [account("cache")] },
      given: { keys: { username: literal("given"), password: provided("shopGiven") }, accounts: [account("cache")] },
      owned: { keys: { username: literal("shop"), password: password() }, accounts: [account("owned")] },
      owner: { keys: { username: literal("rotator"), password: password() }, accounts: [account("owned")] },
    },
    deliveries: ["db", "turns", "cache", "given", "owned", "owner"].map((name) => ({
      namespace: "shop",
      secretName: name,
      from: [name],
    })),
  },
};
const target = (host: string) => ({ kind: "postgresql", host, administrator: "rotator" });
const hosts = { database: "db.example", cache: "cache.example", owned: "own.example" };
type Name = keyof typeof hosts;
const targetOf = {
  "shop/db": "database",
  "shop/turns": "database",
  "shop/cache": "cache",
  "shop/given": "cache",
  "shop/owned": "owned",
  "shop/owner": "owned",
} as const satisfies Readonly<Record<string, Name>>;
type Id = keyof typeof targetOf;
type Epochs = Partial<Readonly<Record<Id, string>>>;

const described = (rotations: Epochs, moved: Partial<Record<Name, string>> = {}) =>
  environment({
    catalogue,
    administered: new Set(["database", "cache"]),
    secretKeys: new Set(["shopGiven"]),
    facts: {
      ...facts,
      targets: {
        database: target(moved.database ?? hosts.database),
        cache: target(moved.cache ?? hosts.cache),
        owned: { ...target(hosts.owned), administratorSecret: "shop/owner" },
      },
      rotations: { ...rotations },
    },
  });

const stash = (name: string, outputs: object) =>
  stateResource({ name, type: "pulumi:index:Stash" }, outputs as Readonly<Record<string, unknown>>);
const at = (name: string, epoch: string) => (epoch === "initial" ? name : `${name}@${epoch}`);
/** A value that the state keeps. */
const kept = (id: Id, key: string, epoch = "initial", value = `${canary} ${at(id, epoch)}`) =>
  stash(at(`${id}/${key}`, epoch), { output: { rule: "…", value } });
/** What a target was last told. */
const told = (id: Id, login: { readonly username: string; readonly password: string }, epoch = "initial") =>
  stash(`${id}/password/${targetOf[id]}`, {
    input: {
      target: `target ${targetOf[id]} (postgresql at ${hosts[targetOf[id]]}:5432)`,
      epoch,
      login: digestOf(login, "key"),
    },
    output: { login: "the first one" },
  });
const made = (id: Id, username: string, epoch = "initial") => [
  kept(id, "password", epoch),
  told(id, { username, password: `${canary} ${at(id, epoch)}` }, epoch),
  stash(`${id}@digest-key`, { output: "key" }),
];
const first = [
  ...made("shop/db", "shop"),
  ...made("shop/turns", "shop_a"),
  kept("shop/turns", "username", "initial", "shop_a"),
  ...made("shop/cache", "shop"),
  told("shop/given", { username: "given", password: "given-1" }),
  stash("shop/given@digest-key", { output: "key" }),
  ...made("shop/owned", "shop"),
  ...made("shop/owner", "rotator"),
];
const everything: Epochs = {
  "shop/db": "2026-12-01",
  "shop/turns": "2026-12-01",
  "shop/cache": "2026-12-01",
  "shop/owned": "2026-12-01",
};

interface Choices {
  readonly state?: typeof first;
  readonly given?: string;
  readonly moved?: Partial<Record<Name, string>>;
  readonly examine?: ExamineTarget;
}

describe("the targets of a run, before one of them is told anything", () => {
  let asked: string[];
  beforeEach(() => {
    asked = [];
  });
  const configured = (given: string): Readonly<Record<string, string>> => ({
    targetPasswords: JSON.stringify({ database: `${canary} d`, cache: `${canary} c` }),
    shopGiven: given,
  });
  const issues = async (rotations: Epochs, choices: Choices = {}) => {
    const { state = first, given = "given-1", moved = {}, examine = () => Promise.resolve() } = choices;
    const told = toldState({
      environment: described(rotations, moved),
      state,
      secretConfig: (key) => {
        const value = configured(given)[key];
        return value === undefined ? undefined : secret(output(value));
      },
    });
    const found = await rotatedTargetIssues({
      ...told,
      accounts: await toldNext(told),
      examine: (spec, administrator, name) => {
        asked.push(`${spec.name} ${name} ${administrator.replace(canary, "known")}`);
        return examine(spec, administrator, name);
      },
    });
    assert.ok(!JSON.stringify(found).includes(canary));
    return found;
  };
  const questions = async (rotations: Epochs, choices: Choices = {}) => {
    assert.deepEqual(await issues(rotations, choices), []);
    return asked.sort();
  };

  it("are asked about each account that gets a new password: of two by turns, the one that is not in use", async () => {
    assert.deepEqual(await questions(everything), [
      "cache shop known c",
      "database shop known d",
      "database shop_b known d",
      "owned shop known shop/owner",
    ]);
  });

  it("are not asked where nothing is rotated, nor about others than what is", async () => {
    assert.deepEqual(await questions({}), []);
    assert.deepEqual(await questions({ "shop/cache": "2026-12-01" }), ["cache shop known c"]);
  });

  it("are not asked of a first value: the server may be there only after this run", async () => {
    assert.deepEqual(await questions({}, { state: [] }), []);
    assert.deepEqual(await questions(everything, { state: [] }), []);
  });

  it("are not asked of a rotation that has begun or is finished: it goes on as far as it can", async () => {
    const rotation = { "shop/db": "2026-12-01" };
    const begun = [...first, kept("shop/db", "password", "2026-12-01")];
    assert.deepEqual(await questions(rotation, { state: begun }), []);
    const others = first.filter(({ name }) => !name.startsWith("shop/db"));
    const finished = [...others, ...made("shop/db", "shop", "2026-12-01")];
    assert.deepEqual(await questions(rotation, { state: finished }), []);
  });

  it("are asked where a provided password has changed, and where the target is another one", async () => {
    assert.deepEqual(await questions({}, { given: "given-2" }), ["cache given known c"]);
    asked = [];
    assert.deepEqual(await questions({}, { moved: { cache: "other.example" } }), [
      "cache given known c",
      "cache shop known c",
    ]);
  });

  it("are asked with the password of before of an administrator that changes its own, or with the new one where it has it", async () => {
    const rotations = { "shop/owner": "2026-12-01", "shop/owned": "2026-12-01" };
    assert.deepEqual(await questions(rotations), ["owned rotator known shop/owner", "owned shop known shop/owner"]);
    asked = [];
    // A run was killed when the target had been told, and before the state had it.
    const begun = [...first, kept("shop/owner", "password", "2026-12-01")];
    const isNew = (text: string) => text.endsWith("@2026-12-01");
    const examine: ExamineTarget = (_, administrator) =>
      isNew(administrator) ? Promise.resolve() : Promise.reject(new TargetError("wrong password", "correct it"));
    assert.deepEqual(await questions(rotations, { state: begun, examine }), [
      "owned shop known shop/owner",
      "owned shop known shop/owner@2026-12-01",
    ]);
  });

  it("stop it with everything that is wrong, and say how the others are rotated meanwhile", async () => {
    const down = (name: string) => new TargetError(`connect ECONNREFUSED (${name})`, `let the deployer reach ${name}`);
    const later = [
      ...first.filter(({ name }) => !name.startsWith("shop/cache")),
      ...made("shop/cache", "shop", "2026-06-01"),
    ];
    const found = await issues(everything, {
      state: later,
      examine: ({ name }) => (name === "owned" ? Promise.resolve() : Promise.reject(down(name))),
    });
    assert.deepEqual(
      found.map(({ path, problem, fix }) => [path, problem, fix]),
      [
        [
          "targets.database",
          "shop/db is to get a new password, which target database (postgresql at db.example:5432) would not take for shop: connect ECONNREFUSED (database)",
          "let the deployer reach database\n    or, to rotate the others without it: pulumi config rm --path 'rotations[\"shop/db\"]'; npx secrets rotate leaves it out with --except shop/db",
        ],
        [
          "targets.database",
          "shop/turns is to get a new password, which target database (postgresql at db.example:5432) would not take for shop_b: connect ECONNREFUSED (database)",
          "let the deployer reach database\n    or, to rotate the others without it: pulumi config rm --path 'rotations[\"shop/turns\"]'; npx secrets rotate leaves it out with --except shop/turns",
        ],
        [
          "targets.cache",
          "shop/cache is to get a new password, which target cache (postgresql at cache.example:5432) would not take for shop: connect ECONNREFUSED (cache)",
          "let the deployer reach cache\n    or, to rotate the others without it: pulumi config set --path 'rotations[\"shop/cache\"]' 2026-06-01; npx secrets rotate leaves it out with --except shop/cache",
        ],
      ],
    );
    const [given] = await issues({}, { given: "given-2", examine: ({ name }) => Promise.reject(down(name)) });
    assert.equal(given?.fix, "let the deployer reach cache");
  });
});

describe("a run whose target is down", () => {
  const changes = {
    catalogue: {
      shop: {
        secrets: {
          db: { keys: { username: literal("shop"), password: password() }, accounts: [account("database")] },
        },
        deliveries: [{ namespace: "shop", secretName: "shop-db", from: ["db"] }],
      },
    },
    secret: { targetPasswords: '{"database":"password"}' },
  };
  const described = (epoch?: string) => ({
    targets: { database: target("db.example") },
    namespaces: { shop: { cluster: "main", store: "vault" } },
    ...(epoch === undefined ? {} : { rotations: { "shop/db": epoch } }),
  });
  const examineTarget: ExamineTarget = () => Promise.reject(new TargetError("connect ECONNREFUSED", "start it"));

  it("is refused before its first write where it would tell it something, and not in a preview or without", async () => {
    const { state, vault } = await up({ ...changes, facts: described() });
    const again = { ...changes, state, vault, external: { examineTarget } };
    const { error, resources } = await failing({ ...again, facts: described("2026-12-01") });
    assert.ok(error instanceof RefusedError);
    assert.equal(
      error.message,
      [
        'Environment "test" was refused: 1 problem. Nothing was changed.',
        "  targets.database: shop/db is to get a new password, which target database (postgresql at db.example:5432) would not take for shop: connect ECONNREFUSED",
        "    fix: start it",
        "    or, to rotate the others without it: pulumi config rm --path 'rotations[\"shop/db\"]'; npx secrets rotate leaves it out with --except shop/db",
      ].join("\n"),
    );
    assert.deepEqual(
      resources.contents.filter((each) => !each.startsWith("pulumi:providers:")),
      [],
    );
    await up({ ...again, facts: described("2026-12-01"), preview: true });
    await up({ ...again, facts: described() });
  });
});
