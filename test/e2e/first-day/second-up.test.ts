import assert from "node:assert/strict";
import { applicationSecrets, fingerprints } from "../support/cluster.ts";
import { deployMain, mainOptions } from "../support/main-stack.ts";
import { succeed } from "../support/stacks.ts";
import { kvVersions } from "../support/vault.ts";

describe("running again without a change", () => {
  before(deployMain);

  it("previews no change, twice, with the same result", async () => {
    const first = await succeed("preview", mainOptions());
    const second = await succeed("preview", mainOptions());
    assert.deepEqual(first.changes, {});
    assert.ok(first.same > 100, `only ${first.same} resources`);
    assert.deepEqual([second.changes, second.same, second.steps], [first.changes, first.same, first.steps]);
    assert.deepEqual([...first.warnings, ...second.warnings], []);
  });

  it("changes nothing, three times, as the runs report and as cluster and Vault show", async () => {
    const secrets = fingerprints(await applicationSecrets());
    const versions = await kvVersions();
    assert.ok(Object.values(versions).every((version) => version === 1));
    for (let time = 1; time <= 3; time += 1) {
      const { changes, warnings } = await succeed("up", mainOptions());
      assert.deepEqual([changes, warnings], [{}, []], `up number ${time}`);
    }
    assert.deepEqual(fingerprints(await applicationSecrets()), secrets);
    assert.deepEqual(await kvVersions(), versions);
  });

  it("previews no change after a refresh", async () => {
    const { changes, warnings } = await succeed("preview", mainOptions(), { refresh: true });
    assert.deepEqual([changes, warnings], [{}, []]);
  });
});
