import assert from "node:assert/strict";
import bcrypt from "bcryptjs";
import { lossesBy } from "../../../components/applications/adoption.ts";
import {
  adopted,
  canary,
  giveUp,
  issue,
  other,
  outcomesOf,
  plan,
  secretOf,
  spec,
  texts,
  vaultOf,
} from "./adoption-scene.ts";

describe("taking over a secret that several hold", () => {
  const second = vaultOf({ ...texts, ...valuesOf(other) }, "second");
  const choose = (...names: readonly string[]) =>
    `name the one to keep: ${names.map((name) => `pulumi config set --path 'adopt["shop/db"]' ${name}`).join(", or ")}`;

  /** Values that go with a password. */
  function valuesOf(value: string) {
    return { password: value, hash: bcrypt.hashSync(value, 4), uri: `db://shop:${value}@db` };
  }

  it("is refused where they hold different values, until facts name one", () => {
    const { issues } = plan({ holders: [vaultOf({ password: canary }), vaultOf({ password: other }, "second")] });
    assert.deepEqual(issues, [
      issue(
        'store second holds another "password" than store vault',
        `${choose("vault", "second")}; or ${giveUp("password", { where: "store second" })}`,
      ),
    ]);
  });

  it("names the cluster where a Secret holds another value than the store", () => {
    const { issues } = plan({ holders: [vaultOf({ password: canary }), secretOf({ password: other })] });
    assert.deepEqual(issues, [
      issue(
        'Secret shop/shop-db of cluster main holds another "password" than store vault',
        `${choose("vault", "main")}; or ${giveUp("password", { where: "Secret shop/shop-db of cluster main" })}`,
      ),
    ]);
  });

  for (const [chosen, value] of [
    ["vault", canary],
    ["second", other],
  ] as const) {
    it(`keeps the values of the one that facts name: ${chosen}`, () => {
      const adoption = plan({
        spec: { ...spec, origin: { ...adopted, preferred: chosen } },
        holders: [vaultOf(texts), second],
      });
      assert.deepEqual([adoption.values["password"], adoption.issues], [value, []]);
      assert.deepEqual([outcomesOf(adoption)["password"], outcomesOf(adoption)["uri"]], ["kept", "configured"]);
    });
  }

  it("gives up a whole object that is nothing of ours where facts name another", () => {
    const plain = { ...vaultOf({}, "second"), problem: "holds plain text" };
    assert.deepEqual(
      plan({ spec: { ...spec, origin: { ...adopted, preferred: "vault" } }, holders: [plain, vaultOf(texts)] }).issues,
      [],
    );
  });

  it("gives up no key by that which only the other one holds, and the catalogue does not have", () => {
    const more = vaultOf({ ...texts, port: canary }, "second");
    const args = { spec: { ...spec, origin: { ...adopted, preferred: "vault" } }, holders: [vaultOf(texts), more] };
    const expected = issue(
      'store second holds "port", which the catalogue does not have',
      `add it to the catalogue; or ${giveUp("port", { where: "store second" })}`,
    );
    assert.deepEqual(plan(args).issues, [expected]);
    assert.deepEqual(lossesBy(args.spec, more, texts), [expected]);
  });

  it("is refused where the one that facts name would itself lose a value", () => {
    const args = {
      spec: { ...spec, origin: { ...adopted, preferred: "vault" } },
      holders: [second, vaultOf({ ...texts, username: other })],
    };
    assert.deepEqual(
      plan(args).issues.map(({ problem }) => problem),
      ['store vault holds another "username" than the catalogue'],
    );
  });

  it("is refused where two Secrets of one cluster differ, whose name tells them not apart", () => {
    const holders = [secretOf({ password: canary }), secretOf({ password: other }, "shop-db-2")];
    const expected = issue(
      'Secret shop/shop-db-2 of cluster main holds another "password" than Secret shop/shop-db of cluster main',
      giveUp("password", { where: "Secret shop/shop-db-2 of cluster main" }),
    );
    assert.deepEqual(plan({ holders }).issues, [expected]);
    assert.deepEqual(plan({ holders, spec: { ...spec, origin: { ...adopted, preferred: "main" } } }).issues, [
      expected,
    ]);
  });

  it("does as if nobody was named where the one that facts name holds nothing", () => {
    const { issues } = plan({
      spec: { ...spec, origin: { ...adopted, preferred: "third" } },
      holders: [vaultOf(texts), second],
    });
    assert.ok(issues.length > 0);
  });
});

describe("what would be lost by writing over an object", () => {
  it("is nothing where it holds the same", () => {
    assert.deepEqual(lossesBy(spec, vaultOf(texts), texts), []);
  });

  it("is every value that differs", () => {
    assert.deepEqual(
      lossesBy(spec, vaultOf({ ...texts, password: other }), texts).map(({ problem }) => problem),
      ['store vault holds another "password" than the state'],
    );
  });

  it("is not what another holder was chosen over", () => {
    const chosen = { ...spec, origin: { ...adopted, preferred: "second" } };
    assert.deepEqual(lossesBy(chosen, vaultOf({ ...texts, password: other }), texts), []);
    assert.equal(lossesBy(chosen, vaultOf({ ...texts, password: other }, "second"), texts).length, 1);
  });
});
