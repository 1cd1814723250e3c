import assert from "node:assert/strict";
import { goldenManifests } from "./golden-manifests.ts";
import { refusalOf } from "./refusal.ts";
import { deployPolicy } from "./scene.ts";
import { mintsTokens } from "./tenant-table.ts";

describe("the admission policy, where every store is in use", () => {
  before(() => deployPolicy(mintsTokens));

  it("admits every store and ExternalSecret that an environment makes, on each cloud", async () => {
    const manifests = (await Promise.all(["dev", "staging", "prod", "sandbox"].map(goldenManifests))).flatMap(
      (each) => [...each],
    );
    assert.ok(manifests.length > 40, `only ${manifests.length} to try`);
    for (const [name, manifest] of manifests) assert.equal(await refusalOf(manifest, "shared"), undefined, name);
  });
});
