import assert from "node:assert/strict";
import type { Deployment } from "@pulumi/pulumi/automation/index.js";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { ensureFixtures } from "../../../sandbox/fixtures.ts";
import { repositoryRoot } from "../../../sandbox/layout.ts";
import { connection, startClouds, startTestPlatform, stopTestPlatform } from "../support/platform.ts";
import { runOn } from "../support/stacks.ts";
import { keptEnvironments, type KeptEnvironment } from "./environments.ts";
import { openKept } from "./open.ts";
import { abstracted } from "./placeholders.ts";
import { fileOf, linesOf, machineTexts, withoutTraces } from "./state.ts";

/** Makes the kept states anew, by the program as it is: see README.md in this folder, which says when. */

const wanted = process.argv.slice(2);
try {
  for (const kept of keptEnvironments.filter(({ stack }) => wanted.length === 0 || wanted.includes(stack))) {
    // A platform for each: the namespaces that the one before left behind would not be made.
    await startTestPlatform();
    try {
      await keep(kept);
    } finally {
      await stopTestPlatform();
    }
  }
} catch (error) {
  // Pulumi's SDK prints what nobody catches, and lets the process end as if nothing had happened.
  console.error(error);
  process.exitCode = 1;
}

async function keep(kept: KeptEnvironment): Promise<void> {
  if (kept.clouds) await startClouds();
  await ensureFixtures(connection().kubeconfig);
  const folder = await mkdtemp(path.join(tmpdir(), "kept-state-"));
  try {
    // Times in a state have whole seconds.
    const since = new Date(Math.floor(Date.now() / 1000) * 1000);
    const { stack, texts, exportEncrypted } = await openKept(kept, folder);
    const { ok, errors, warnings } = await runOn(stack, "up");
    assert.deepEqual([ok, errors, warnings], [true, [], []]);
    const clear = await stack.exportStack();
    try {
      const text = abstracted(JSON.stringify(withoutTraces(clear)), texts, since);
      assertOfNoMachine(text);
      // Pulumi encrypts what it imports, so the marks within secret values are encrypted too.
      await stack.importStack(JSON.parse(text) as Deployment);
      await writeFile(fileOf(kept.stack), linesOf(JSON.parse(await exportEncrypted()) as Deployment));
    } finally {
      await stack.importStack(clear);
    }
    assert.ok((await runOn(stack, "destroy")).ok);
    console.log(`${path.relative(repositoryRoot, fileOf(kept.stack))}: ${kept.title}`);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** An address or a path that has no mark yet would make the state differ everywhere else. */
function assertOfNoMachine(text: string): void {
  for (const own of [repositoryRoot, ...(text.match(machineTexts) ?? [])]) {
    const at = text.indexOf(own);
    assert.equal(at, -1, `the state has ${own}: …${text.slice(Math.max(at - 100, 0), at + 100)}…`);
  }
}
