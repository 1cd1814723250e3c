import assert from "node:assert/strict";
import { rehearsalText } from "../../../cli/text/rehearsal.ts";
import { alternating, literal, password, provided } from "../../../components/values/recipe.ts";
import type { Choice } from "../../../operations/rotate/choice.ts";
import { rehearse } from "../../../operations/rotate/rehearse.ts";
import { SecretValue } from "../../../operations/migrate/secret-value.ts";
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

/** Rehearses, and returns what was asked of targets. */
async function tried(choice: Choice, examine: ExamineTarget = () => Promise.resolve()) {
  const asked: string[] = [];
  const rehearsal = await rehearse(
    {
      stack: "test",
      load: () => Promise.resolve(described),
      engine: {
        secret: (key) => {
          assert.equal(key, "targetPasswords");
          return Promise.resolve(new SecretValue(JSON.stringify({ first: canary, second: `${canary}-2` })));
        },
        kept: (name) => Promise.resolve(new SecretValue(`${canary} of ${name}`)),
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
