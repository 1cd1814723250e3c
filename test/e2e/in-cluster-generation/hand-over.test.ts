import assert from "node:assert/strict";
import { applicationSecrets } from "../support/cluster.ts";
import { forget } from "../support/mishaps/forget.ts";
import { run, succeed } from "../support/stacks.ts";
import { kvVersions } from "../support/vault.ts";
import {
  base,
  delivered,
  deployGenerated,
  generator,
  madeHere,
  namespace,
  path,
  removeGenerated,
  stack,
} from "./scene.ts";

describe("who owns a secret that the cluster generated", () => {
  let first: Readonly<Record<string, string>>;

  before(async () => {
    await deployGenerated();
    first = await delivered();
  });
  after(removeGenerated);

  it("outlives the stack, and the next stack takes it as it is", async () => {
    const { warnings } = await succeed("destroy", stack);
    assert.deepEqual(warnings, []);
    // The namespaces stay, as all do, and hold no value any more.
    assert.equal((await applicationSecrets([namespace, generator])).size, 0);
    assert.deepEqual(
      Object.keys(await kvVersions()).filter((each) => each === path),
      [path],
    );
    const up = await succeed("up", stack);
    assert.deepEqual(up.warnings, []);
    assert.equal((await delivered())[`${namespace}/db password`], first[`${namespace}/db password`]);
  });

  it("stops a stack that would generate it itself, unless the facts adopt it: then the state holds its value", async () => {
    const refused = await run("up", madeHere);
    assert.equal(refused.ok, false);
    assert.match(refused.errors.join("\n"), new RegExp(`${namespace}/db: store vault already contains "${path}"`));
    const before = await delivered();
    await succeed("up", { ...madeHere, facts: { ...base, adopt: { [`${namespace}/db`]: true } } });
    assert.deepEqual(await delivered(), before);
    assert.equal((await applicationSecrets([generator])).size, 0);
  });

  it("stops a stack that would move it from the state to the cluster, since that would delete it", async () => {
    const versions = await kvVersions();
    const refused = await run("up", stack);
    assert.equal(refused.ok, false);
    assert.match(
      refused.errors.join("\n"),
      new RegExp(`generatedInCluster\\["${namespace}/db"\\]: "${path}" in store vault is managed by this stack`),
    );
    assert.deepEqual(await kvVersions(), versions);
  });

  it("belongs to the cluster again once the state has forgotten it, and keeps its value", async () => {
    const before = await delivered();
    await forget(stack, `${namespace}/db`);
    const local = { externalSecrets: { pushSecrets: true }, upsertExistingObjects: true };
    await succeed("up", { ...stack, facts: { ...stack.facts, clusters: { local } } });
    assert.deepEqual(await delivered(), before);
    await succeed("up", stack);
    assert.deepEqual((await succeed("up", stack)).changes, {});
    assert.deepEqual(await delivered(), before);
  });
});
