import assert from "node:assert/strict";
import { rehearsalText } from "../../../cli/text/rehearsal.ts";
import { alternating, literal, password, provided } from "../../../components/values/recipe.ts";
import type { Choice } from "../../../operations/rotate/choice.ts";
import { rehearse } from "../../../operations/rotate/rehearse.ts";
import { SecretValue } from "../../../operations/migrate/secret-value.ts";
import type { Environment } from "../../../stacks/config/environment.ts";
import type { Catalogue } from "../../../stacks/environments/catalogue-spec.ts";
import { environment, facts } from "../../support/fixtures.ts";
import { TargetError } from "../../../components/targets/kind.ts";
import type { ExamineTarget } from "../../../components/targets/kinds.ts";

const canary = "c4nary-Vq8Zt2";
const account = (target: string) => ({ target, username: "username", password: "password" });
const catalogue: Catalogue = {
  shop: {
    secrets: {
      db: { keys: { username: literal("shop"), password: password() }, accounts: [account("first")] },
      turns: {
        keys: { username: alternating("shop_a", "shop_b"), password: password() },
        accounts: [account("second")],
      },
      given: { keys: { username: literal("given"), password: provided("shopGiven") }, accounts: [account("second")] },
      token: { keys: { token: password() } },
    },
    deliveries: ["db", "turns", "given", "token"].map((name) => ({
      namespace: "shop",
      secretName: name,
      from: [name],
    })),
  },
};
const target = (host: string) => ({ kind: "postgresql", host, administrator: "rotator" });
const described = environment({
  catalogue,
  secretKeys: new Set(["shopGiven"]),
  administered: new Set(["first", "second"]),
  facts: { ...facts, targets: { first: target("one.example"), second: target("two.example") } },
});

interface World {
  readonly load?: () => Environment;
  /** What the state keeps. */
  readonly kept?: readonly string[];
  readonly stateRefused?: string;
}

/** Rehearses, and returns what was asked of targets. */
async function tried(
  choice: Choice,
  examine: ExamineTarget = () => Promise.resolve(),
  { load = () => described, kept = [], stateRefused }: World = {},
) {
  const asked: string[] = [];
  const rehearsal = await rehearse(
    {
      stack: "test",
      load: () => Promise.resolve(load()),
      state: () =>
        Promise.resolve(
          stateRefused === undefined
            ? { value: { names: new Set(kept), kept: new Set(kept), pending: [] } }
            : { refused: stateRefused },
        ),
      engine: {
        secret: (key) => {
          assert.equal(key, "targetPasswords");
          return Promise.resolve(new SecretValue(JSON.stringify({ first: canary, second: `${canary}-2` })));
        },
        kept: (name, id) => {
          assert.ok(name.startsWith(`${id}/`), `${name} of ${id}`);
          return Promise.resolve(new SecretValue(`${canary} of ${name}`));
        },
      },
      examine: (spec, administrator, name) => {
        asked.push(`${spec.name} ${name} ${administrator.replace(canary, "known")}`);
        return examine(spec, administrator, name);
      },
      targetText: ({ name }) => `target ${name}`,
    },
    choice,
  );
  return { asked, rehearsal, text: rehearsalText(rehearsal) };
}

describe("the rehearsal of a rotation", () => {
  it("asks the target of each login, with both names of two by turns, and those that people provide", async () => {
    const { asked, text } = await tried({ kind: "all" });
    assert.deepEqual(asked, [
      "first shop known",
      "second shop_a known-2",
      "second shop_b known-2",
      "second given known-2",
    ]);
    assert.equal(
      text,
      `test: 4 accounts would get a new password. Nothing was changed.

Ready:
  shop/db: shop at target first
  shop/turns: shop_a at target second
  shop/turns: shop_b at target second
  shop/given: given at target second
`,
    );
  });

  it("says of each that would refuse why, with the fix, and asks the others", async () => {
    const { rehearsal, text } = await tried({ kind: "all" }, (_, __, name) =>
      name === "shop_b"
        ? Promise.reject(new TargetError('role "shop_b" does not exist', "make it: CREATE ROLE shop_b LOGIN"))
        : Promise.resolve(),
    );
    assert.equal(rehearsal.accounts.length, 4);
    assert.ok(
      text.endsWith(`
Refused:
  shop/turns: shop_b at target second: role "shop_b" does not exist
    fix: make it: CREATE ROLE shop_b LOGIN
`),
      text,
    );
    assert.match(text, /^test: 1 of 4 accounts would not get a new password\. Nothing was changed\.\n/);
    assert.ok(!JSON.stringify(rehearsal).includes(canary));
  });

  it("is of those that are named, and asks nobody where they are logins of nothing", async () => {
    assert.deepEqual((await tried({ kind: "named", ids: ["shop/given"] })).asked, ["second given known-2"]);
    const { asked, text } = await tried({ kind: "named", ids: ["shop/token"] });
    assert.deepEqual(asked, []);
    assert.equal(text, "test: no secret is the login of a target. Nothing was tried.\n");
    await assert.rejects(tried({ kind: "named", ids: ["shop/dbs"] }), /shop\/dbs: is no secret of this environment/);
  });
});

describe("the rehearsal of a rotation by an administrator whose login is a secret", () => {
  const owned: Catalogue = {
    shop: {
      secrets: {
        db: { keys: { username: literal("shop"), password: password() }, accounts: [account("main")] },
        owner: { keys: { username: literal("rotator"), password: password() }, accounts: [account("main")] },
      },
      deliveries: ["db", "owner"].map((name) => ({ namespace: "shop", secretName: name, from: [name] })),
    },
  };
  const load = (rotations: Readonly<Record<string, string>> = {}, parts: object = {}) =>
    environment({
      catalogue: owned,
      facts: {
        ...{ ...facts, parts, rotations },
        targets: { main: { ...target("one.example"), administratorSecret: "shop/owner" } },
      },
    });
  const [first, second, third] = ["", "@2026-11-01", "@2026-12-01"].map((epoch) => `shop/owner/password${epoch}`);
  const all = { kind: "all" } as const;
  const moved = { "shop/owner": "2026-12-01" };

  it("logs in with the password that the target has, where the epoch of that secret has moved and no run has seen it", async () => {
    const asked = async (kept: readonly (string | undefined)[], rotations = {}) => {
      const world = { load: () => load(rotations), kept: kept.flatMap((each) => each ?? []) };
      return (await tried(all, undefined, world)).asked;
    };
    const by = (name = "") => [`main shop known of ${name}`, `main rotator known of ${name}`];
    assert.deepEqual(await asked([first]), by(first));
    assert.deepEqual(await asked([first], moved), by(first));
    assert.deepEqual(await asked([second], moved), by(second));
    assert.deepEqual(await asked([third], moved), by(third));
  });

  it("logs in with either, where a run was interrupted: the target may have been told, or not", async () => {
    const world = { load: () => load(moved), kept: [first, second, third].flatMap((each) => each ?? []) };
    const told =
      (name = "") =>
      (_: unknown, administrator: string) =>
        administrator === `${canary} of ${name}`
          ? Promise.resolve()
          : Promise.reject(new TargetError(`refused, unlike ${name}`, "set another"));
    const { asked, rehearsal } = await tried({ kind: "named", ids: ["shop/db"] }, told(first), world);
    assert.deepEqual(
      asked,
      [third, second, first].map((name) => `main shop known of ${name}`),
    );
    assert.equal(rehearsal.accounts[0]?.problem, undefined);
    for (const name of [second, third])
      assert.equal((await tried(all, told(name), world)).rehearsal.accounts[0]?.problem, undefined);
    const none = await tried(all, told("shop/none"), world);
    assert.equal(none.rehearsal.accounts[0]?.problem, "refused, unlike shop/none");
    assert.ok(!JSON.stringify(none.rehearsal).includes(canary));
  });

  it("asks no target whose administrator has no password yet, and says which run makes it", async () => {
    const { asked, text } = await tried(all, undefined, { load: () => load({}, { base: [], p1: ["shop"] }) });
    assert.deepEqual(asked, []);
    const problem =
      "its administrator's password is not known: the state has no value of shop/owner yet\n    fix: pulumi up --stack test.p1";
    assert.equal(
      text,
      "test: 2 of 2 accounts would not get a new password. Nothing was changed.\n\nRefused:\n" +
        `  shop/db: shop at target main: ${problem}\n  shop/owner: rotator at target main: ${problem}\n`,
    );
  });

  it("is refused where the state can't be read", async () => {
    await assert.rejects(tried(all, undefined, { load, stateRefused: "no login" }), {
      message:
        "Nothing was changed: the state of stack test, which has the password of an administrator, can't be read: no login\n    fix: log in to its backend: pulumi login",
    });
  });
});
