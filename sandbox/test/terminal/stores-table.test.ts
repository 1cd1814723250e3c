import assert from "node:assert/strict";
import { stripVTControlCharacters } from "node:util";
import { storesTable } from "../../terminal/stores-table.ts";

const result = { namespace: "store-vault", store: "vault", identity: "Vault Kubernetes auth" };

/** Cells of the rows below the head. */
function cells(...results: Parameters<typeof storesTable>[0]): readonly (readonly string[])[] {
  return stripVTControlCharacters(storesTable(results))
    .split("\n")
    .filter((line) => line.startsWith("│"))
    .slice(1)
    .map((line) =>
      line
        .split("│")
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}

describe("the table of stores", () => {
  it("names store, identity, remote objects, namespace and the time to Ready", () => {
    assert.deepEqual(cells({ ...result, remoteNames: ["a/b", "a/c"], synced: true, readyMs: 87.4 }), [
      ["vault", "Vault Kubernetes auth", "a/b", "yes, in store-vault", "87 ms"],
      ["", "", "a/c", "", ""],
    ]);
  });

  it("says what did not arrive, and tells no time where it was Ready before", () => {
    assert.deepEqual(cells({ ...result, remoteNames: [], synced: false, readyMs: undefined }), [
      ["vault", "Vault Kubernetes auth", "none", "no, in store-vault", "-"],
    ]);
  });

  it("tells seconds where it took some", () => {
    assert.equal(cells({ ...result, remoteNames: [], synced: true, readyMs: 2_300 })[0]?.[4], "2.3 s");
  });
});
