import assert from "node:assert/strict";
import { isPolicyStarting, retryPolicy } from "../../../../components/clusters/troubles/refusal-hook.ts";

const refusal = (policy: string) =>
  `vaultdynamicsecrets.generators.external-secrets.io "shop.database" is forbidden: ValidatingAdmissionPolicy '${policy}' with binding '${policy}' denied request: a generator that asks others is a provider that is not in use here: allowed are Password, UUID`;

describe("an object that an admission policy of the operator refuses", () => {
  const waited: number[] = [];
  const clock = { now: () => 0, sleep: (milliseconds: number) => Promise.resolve(void waited.push(milliseconds)) };
  beforeEach(() => {
    waited.length = 0;
  });

  it("is written again for some seconds: the API server may have the policy of before", async () => {
    const error = refusal("external-secrets-generators");
    assert.equal(await retryPolicy({ error, attempts: 1 }, clock), true);
    assert.equal(await retryPolicy({ error, attempts: 10 }, clock), true);
    assert.equal(await retryPolicy({ error, attempts: 11 }, clock), false);
    assert.deepEqual(waited, [1_000, 1_000]);
  });

  it("is not written again where the policy is somebody else's, or nothing of the kind is said", async () => {
    for (const error of [refusal("no-privileged-pods"), "forbidden", 'admission webhook "x" denied the request: no']) {
      assert.equal(isPolicyStarting(error), false, error);
      assert.equal(await retryPolicy({ error, attempts: 1 }, clock), false);
    }
    assert.deepEqual(waited, []);
  });
});
