import assert from "node:assert/strict";
import { changeCount, groupChanges, parseUrn, countTotals } from "../../ci/changes.ts";
import { readPreview } from "../../ci/preview.ts";
import { emptyPreview, fixtureText, step } from "./fixtures.ts";

const stash = "pulumi:index:Stash";

describe("changes of a preview", () => {
  it("sees a rotation in a new epoch beside an old one", () => {
    const { rotated, created, deleted, updated } = groupChanges(readPreview(fixtureText("rotation.json")));
    assert.deepEqual(rotated, [{ value: "mlflow/db-password/password", from: undefined, to: "2026-12-01" }]);
    assert.deepEqual([created, deleted], [[], []], "its two halves are no news of their own");
    assert.deepEqual(
      updated.map(({ name }) => name),
      ["mlflow/db-password/vault"],
    );
  });

  it("tells the epoch that goes", () => {
    const steps = [step("delete", stash, "a/b/c@2026-01-01"), step("create", stash, "a/b/c@2026-06-01T12:00:00.000Z")];
    assert.deepEqual(groupChanges(emptyPreview({ steps })).rotated, [
      { value: "a/b/c", from: "2026-01-01", to: "2026-06-01T12:00:00.000Z" },
    ]);
  });

  it("takes a first value with an epoch for created, and a value that nothing follows for deleted", () => {
    const steps = [step("create", stash, "a/b/new@2026-06-01"), step("delete", stash, "a/b/old")];
    const { rotated, created, deleted } = groupChanges(emptyPreview({ steps }));
    assert.deepEqual(rotated, []);
    assert.deepEqual(
      [created, deleted].map((each) => each.map(({ name }) => name)),
      [["a/b/new@2026-06-01"], ["a/b/old"]],
    );
  });

  it("takes no other kind of resource for a rotation", () => {
    const steps = [step("create", "x:y:Z", "a@2026-06-01"), step("delete", "x:y:Z", "a")];
    assert.deepEqual(groupChanges(emptyPreview({ steps })).rotated, []);
  });

  it("counts a replacement once, whatever halves the engine lists", () => {
    const steps = ["create-replacement", "replace", "delete-replaced"].map((op) => step(op, "x:y:Z", "a"));
    assert.deepEqual(groupChanges(emptyPreview({ steps })).replaced.length, 1);
    const counts = {
      "create-replacement": 1,
      replace: 1,
      "delete-replaced": 1,
      read: 2,
      same: 3,
      import: 4,
      refresh: 9,
    };
    const totals = countTotals(emptyPreview({ counts }));
    assert.deepEqual(totals, { create: 4, update: 0, replace: 1, delete: 0, unchanged: 5, other: 0 });
    assert.equal(changeCount(totals), 5);
  });

  it("shows operations that it does not know", () => {
    const steps = [step("explode", "x:y:Z", "a"), step("constructor", "x:y:Z", "b")];
    assert.deepEqual(
      groupChanges(emptyPreview({ steps })).other.map(({ name }) => name),
      ["a", "b"],
    );
    assert.equal(countTotals(emptyPreview({ counts: { explode: 2 } })).other, 2);
  });

  it("reads type and name from a URN", () => {
    assert.deepEqual(parseUrn("urn:pulumi:dev::p::a:b:C$d:e:F::name::with/colons"), {
      type: "d:e:F",
      name: "name::with/colons",
    });
    assert.deepEqual(parseUrn("nonsense"), { type: "", name: "" });
  });
});
