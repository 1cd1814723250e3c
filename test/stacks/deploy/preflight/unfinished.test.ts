import assert from "node:assert/strict";
import { alternating, literal, password, provided } from "../../../../components/values/recipe.ts";
import type { SecretSpec } from "../../../../components/values/secret-spec.ts";
import { unfinishedRotations } from "../../../../stacks/deploy/preflight/unfinished.ts";

const spec: SecretSpec = {
  id: "shop/db",
  app: "shop",
  name: "db",
  path: "shop/db",
  keys: { username: alternating("shop_a", "shop_b"), password: password() },
  epoch: "2026-12-03",
  rotatedAt: "2026-12-03T00:00:00Z",
  origin: { kind: "generated" },
};
const first = "shop/db/username";
const second = "shop/db/username@2026-12-01";
const issuesOf = (each: SecretSpec, ...names: readonly string[]) => unfinishedRotations([each], new Set(names));

describe("a rotation of two accounts by turns", () => {
  it("waits until the one before it is finished, and the message says how to finish it", () => {
    assert.deepEqual(issuesOf(spec, first, second), [
      {
        path: 'rotations["shop/db"]',
        problem: "the rotation at 2026-12-01 is not finished: which of the two accounts clients use is not known",
        fix: "pulumi config set --path 'rotations[\"shop/db\"]' 2026-12-01 && pulumi up; then rotate again",
      },
    ]);
  });

  it("begins where no other is under way", () => {
    for (const names of [[], [first], [second]]) assert.deepEqual(issuesOf(spec, ...names), []);
  });

  it("goes on where it has begun already, whatever was before", () => {
    assert.deepEqual(issuesOf(spec, first, second, "shop/db/username@2026-12-03"), []);
  });

  it("is no matter of one account, nor of one that somebody else rotates", () => {
    const single = { ...spec, keys: { ...spec.keys, username: literal("shop") } };
    assert.deepEqual(issuesOf(single, "shop/db/password", "shop/db/password@2026-12-01"), []);
    assert.deepEqual(issuesOf({ ...spec, origin: { kind: "referenced" } }, first, second), []);
  });
});

describe("a change from one account to two by turns", () => {
  const one = "shop/db/password";
  const issue = (fix: string) => ({
    path: 'rotations["shop/db"]',
    problem:
      "a rotation begins in the run in which username becomes one of two accounts by turns: which of them clients use is not known yet, and its password would change",
    fix: `first change the catalogue alone: ${fix} && pulumi up; then rotate again`,
  });

  it("comes before a rotation, and the message says how to take the epoch back", () => {
    assert.deepEqual(issuesOf(spec, one), [issue("pulumi config rm --path 'rotations[\"shop/db\"]'")]);
    assert.deepEqual(issuesOf(spec, `${one}@2026-12-01`), [
      issue("pulumi config set --path 'rotations[\"shop/db\"]' 2026-12-01"),
    ]);
  });

  it("comes before a rotation of a password that people provide, of which the state has what its target was told", () => {
    const given = { ...spec, keys: { ...spec.keys, password: provided("shopPassword") } };
    assert.deepEqual(issuesOf(given, "shop/db/password/main"), [
      issue("pulumi config rm --path 'rotations[\"shop/db\"]'"),
    ]);
    assert.deepEqual(issuesOf(given), []);
  });

  it("is free where none begins: of a new secret, in the epoch that there is, and once the account is known", () => {
    assert.deepEqual(issuesOf(spec), []);
    assert.deepEqual(issuesOf({ ...spec, epoch: "initial" }, one), []);
    assert.deepEqual(issuesOf({ ...spec, epoch: "initial" }, "shop/db/password/main"), []);
    assert.deepEqual(issuesOf(spec, `${one}@2026-12-03`), []);
    assert.deepEqual(issuesOf(spec, one, first), []);
  });
});
