import assert from "node:assert/strict";
import { applicationSecrets, cluster } from "../support/cluster.ts";
import { operatorObjects } from "../support/operator.ts";
import { recordedUrns, run, succeed } from "../support/stacks.ts";
import { makeRoom } from "../support/standing-stack.ts";
import { untilGone } from "../support/namespaces.ts";
import { alone, assertStands, edits, isOurs, names, putWorkload, stack, workload } from "./scene.ts";

describe("a namespace that holds objects of others", () => {
  before(async () => {
    await makeRoom();
    await succeed("up", stack);
    for (const name of names) await putWorkload(name);
  });

  for (const [title, namespace, options] of edits) {
    it(`stays when ${title}, and gets its Secrets again when that is undone`, async () => {
      const { steps } = await succeed("up", options);
      assert.ok(steps.includes(`delete local/${namespace}/namespace-kept`), steps.join("\n"));
      await assertStands(namespace);
      assert.deepEqual((await succeed("up", options)).changes, {});
      const undone = await succeed("up", stack);
      assert.deepEqual([undone.warnings, undone.steps.filter((step) => step.endsWith("/namespace-kept"))], [[], []]);
      await assertStands(namespace);
      assert.equal((await applicationSecrets([namespace])).size, 5);
      assert.deepEqual((await succeed("up", stack)).changes, {});
    });
  }

  it("stays when the environment is destroyed, as outputs and log say", async () => {
    const up = await succeed("up", stack);
    assert.deepEqual(up.outputs?.leftByDestroy, {
      namespaces: { local: ["external-secrets", ...[...names].sort()] },
      crds: ["local"],
      secrets: {},
      objects: {},
      stores: [],
      auditLogs: [],
    });
    // Namespaces that existed before, or left the stack and came back, are used as they are: the state has none of them.
    const owned = (await recordedUrns(stack)).filter((urn) => urn.endsWith("namespace-kept"));
    const { output } = await succeed("destroy", stack);
    const said = output
      .split("\n")
      .filter((line) => line.includes("Namespace ") && line.includes("namespace-kept deleted"));
    assert.equal(said.length, owned.length, said.join("\n"));
    assert.ok(
      said.every((line) => line.includes("[retain]")),
      said.join("\n"),
    );
    for (const name of names) await assertStands(name);
    assert.equal((await applicationSecrets(names)).size, 0);
    assert.deepEqual(await operatorObjects("externalsecrets"), []);
  });

  it("is used as it is by the next environment of that name", async () => {
    const { steps, warnings } = await succeed("up", stack);
    assert.deepEqual([warnings, steps.filter((step) => /namespace/.test(step))], [[], []]);
    for (const name of names) await assertStands(name);
    await succeed("destroy", stack);
    for (const name of names) await assertStands(name);
  });

  it("stops an up while somebody deletes it; once it is gone, the next up makes it", async () => {
    const { core } = await cluster();
    await core.patchNamespacedConfigMap({
      namespace: alone,
      name: workload,
      body: [{ op: "add", path: "/metadata/finalizers", value: ["example.com/slow"] }],
    });
    await core.deleteNamespace({ name: alone });
    const refused = await run("up", stack);
    assert.equal(refused.ok, false);
    assert.match(
      refused.errors.join("\n"),
      /namespaces\.kept-alone: namespace kept-alone of cluster local is being deleted, and nothing can be created in it until it is gone\n {4}fix: kubectl wait/,
    );
    assert.deepEqual(refused.steps.filter(isOurs), []);
    await core.patchNamespacedConfigMap({
      namespace: alone,
      name: workload,
      body: [{ op: "remove", path: "/metadata/finalizers" }],
    });
    await untilGone(alone);
    const { steps } = await succeed("up", stack);
    assert.deepEqual(
      steps.filter((step) => /namespace/.test(step)),
      [`create local/${alone}/namespace-kept`],
    );
    await succeed("destroy", stack);
  });
});
