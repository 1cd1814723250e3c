import assert from "node:assert/strict";
import { holderIn, holderText } from "../../../operations/rotate/lock.ts";

describe("who is at work on a stack", () => {
  it("is read from the lock of a backend of one's own", () => {
    const said =
      "pulumi up ended with exit code 255:\n  error: the stack is currently locked by 1 lock(s). Either wait for the other " +
      "process(es) to end or delete the lock file with `pulumi cancel`.\n" +
      "    s3://state/.pulumi/locks/organization/p/prod/bf4d.json: created by ci@runner-3 (pid 478) at 2026-12-01T10:00:00Z";
    assert.deepEqual(holderIn(said), { who: "ci@runner-3 (process 478)", since: "2026-12-01T10:00:00Z" });
    assert.equal(holderText(holderIn(said) ?? {}), "ci@runner-3 (process 478), since 2026-12-01T10:00:00Z");
  });

  it("is not told by the service, nor by a lock that can't be read", () => {
    for (const said of [
      "error: [409] Conflict: Another update is currently in progress.",
      "error: the stack is currently locked by 2 lock(s). Either wait",
    ]) {
      assert.deepEqual(holderIn(said), {});
    }
    assert.equal(holderText({}), "somebody, as its backend says");
  });

  it("is nobody where the engine says something else", () => {
    assert.equal(holderIn("error: passphrase must be set"), undefined);
  });
});
