import assert from "node:assert/strict";
import { literal, password, provided } from "../../../components/values/recipe.ts";
import { readDelivered } from "../../../sandbox/delivered.ts";
import { cluster, decode, readSecret } from "../support/cluster.ts";
import { makeRoom } from "../support/standing-stack.ts";
import { connection } from "../support/platform.ts";
import { smallStack } from "../support/small-stack.ts";
import { succeed, type Run, type StackOptions } from "../support/stacks.ts";

const namespace = "pending";
const secretName = "of-others";
const stack: StackOptions = {
  ...smallStack(namespace, [namespace]),
  catalogue: {
    [namespace]: {
      secrets: { db: { keys: { username: literal("user"), password: password(), hub: provided("huggingfaceToken") } } },
      deliveries: [{ namespace, secretName, from: ["db"], merge: true }],
    },
  },
};

describe("keys to merge into a Secret that does not exist yet", () => {
  const said =
    /^ExternalSecret pending\/of-others is pending: namespace pending has no Secret of-others to merge its keys into, so none was delivered\./m;
  const delivered = async ({ outputs }: Run) => {
    const found = await readDelivered(connection().kubeconfig, outputs ?? assert.fail("no outputs"));
    return found.map(({ secret, keys, synced, pending }) => ({ secret, keys, synced, pending }));
  };
  const waiting = [{ secret: secretName, keys: [], synced: false, pending: true }];

  let first: Run;

  before(makeRoom);
  after(() => succeed("destroy", stack));

  it("are reported as pending, and do not fail the run", async () => {
    first = await succeed("up", stack);
    assert.equal(first.warnings.length, 1);
    assert.match(first.warnings[0] ?? "", said);
    assert.deepEqual(await delivered(first), waiting);
    assert.equal(await readSecret(namespace, secretName), undefined);
  });

  it("are tried and reported again by each run", async () => {
    const again = await succeed("up", stack);
    assert.deepEqual([again.changes, again.steps], [{ update: 1 }, [`update local/${namespace}/${secretName}`]]);
    assert.match(again.warnings[0] ?? "", said);
    assert.deepEqual(await delivered(again), waiting);
  });

  it("do not count as delivered until the operator has read the Secret again", async () => {
    const { core } = await cluster();
    await core.createNamespacedSecret({
      namespace,
      body: { metadata: { name: secretName }, stringData: { theirs: "kept" } },
    });
    assert.deepEqual(await delivered(first), waiting);
  });

  it("are merged by the next run once it exists, beside the keys that it has, and without a report", async () => {
    const run = await succeed("up", stack);
    assert.deepEqual(run.warnings, []);
    const secret = await readSecret(namespace, secretName);
    const values = decode(secret ?? assert.fail("no Secret"));
    assert.deepEqual(Object.keys(values).sort(), ["hub", "password", "theirs", "username"]);
    assert.equal(values["theirs"], "kept");
    assert.deepEqual(await delivered(run), [
      { secret: secretName, keys: ["hub", "password", "username"], synced: true, pending: false },
    ]);
    // The state may have recorded the object while the operator was about to write it, and then is one run behind.
    await succeed("up", stack);
    await succeed("up", stack);
    assert.deepEqual((await succeed("up", stack)).changes, {});
  });
});
