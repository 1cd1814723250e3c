import assert from "node:assert/strict";
import { shared } from "../support/shared-small-stack.ts";
import { succeed } from "../support/stacks.ts";
import { refusalOf } from "./refusal.ts";
import { deployPolicy, untilRefused } from "./scene.ts";
import { admitted, mintsTokens, refused } from "./tenant-table.ts";

/** Like the sandbox, but other stacks use no store but Vault; and the operator serves PushSecrets. */
const closed = {
  ...shared,
  facts: {
    ...shared.facts,
    clusters: { local: { externalSecrets: { sharedWith: { stores: [], podIdentity: false }, pushSecrets: true } } },
  },
};

describe("the admission policy, where only Vault is in use", () => {
  before(async () => {
    await deployPolicy(mintsTokens);
    await succeed("up", closed);
    await untilRefused(...(refused["a cloud that is not in use"] ?? assert.fail()));
  });
  after(() => succeed("up", shared));

  for (const [what, [manifest, said]] of Object.entries(refused)) {
    it(`refuses a tenant ${what}`, async () => {
      const answer = (await refusalOf(manifest, "default")) ?? assert.fail("it was admitted");
      assert.match(
        answer,
        /^.* is forbidden: ValidatingAdmissionPolicy 'external-secrets-(stores|secrets|generators|pushes)' .* denied request: /,
      );
      assert.match(answer, said);
    });
  }

  for (const [what, manifest] of Object.entries(admitted)) {
    it(`admits ${what}`, async () => {
      assert.equal(await refusalOf(manifest, "default"), undefined);
    });
  }
});
