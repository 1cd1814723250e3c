import assert from "node:assert/strict";
import { alternating, literal, password } from "../../../../components/values/recipe.ts";
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
