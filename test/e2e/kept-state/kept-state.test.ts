import assert from "node:assert/strict";
import type { Deployment, EngineEvent } from "@pulumi/pulumi/automation/index.js";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { EventLog } from "../../../sandbox/engine/events.ts";
import { messageOf } from "../../../sandbox/support/errors.ts";
import { LeakScanner } from "../day-two/leak-scanner.ts";
import { startClouds } from "../support/platform.ts";
import { keptEnvironments, type KeptEnvironment } from "./environments.ts";
import { openKept, type KeptStack } from "./open.ts";
import { concrete } from "./placeholders.ts";
import { keptText, machineTexts, resourcesOf, secretsIn } from "./state.ts";

/** Every resource that a preview says something of, by URN. */
interface Preview {
  readonly operations: ReadonlyMap<string, string>;
  /** Warnings and errors. */
  readonly said: readonly string[];
}

for (const kept of keptEnvironments) {
  describe(`a state that an earlier version made: ${kept.title}`, () => {
    let folder: string;
    let opened: KeptStack;
    /** The kept state on this platform, decrypted. */
    let state: Deployment;

    before(async () => {
      if (kept.clouds) await startClouds();
      folder = await mkdtemp(path.join(tmpdir(), "kept-state-"));
      opened = await openKept(kept, folder);
      state = await filledIn(kept, opened);
    });
    after(() => rm(folder, { recursive: true, force: true }));

    it("is kept with ciphertexts alone, and with nothing of the machine that made it", async () => {
      const text = keptText(kept.stack);
      const secrets = secretsIn(JSON.parse(text));
      assert.ok(secrets.length > 20, `only ${secrets.length} secrets`);
      assert.deepEqual([...new Set(secrets.flatMap((each) => Object.keys(each).slice(1)))], ["ciphertext"]);
      assert.doesNotMatch(text, machineTexts);
      const values = generatedIn(state);
      assert.ok(values.length > 1, "the state has no generated values");
      assert.deepEqual(new LeakScanner(values).scan(kept.stack, text), []);
      // The file is no longer than people can get through their tools.
      assert.ok(text.length < 600_000, `${text.length} characters`);
      assert.match(await opened.exportEncrypted(), /"ciphertext"/);
    });

    it("stays as it is under the program of today, resource by resource", async () => {
      const { operations, said } = await previewOf(opened, state);
      assert.deepEqual(said, []);
      const expected = resourcesOf(state).map(({ urn }) => [urn, "same"]);
      assert.deepEqual(changesIn(operations), []);
      assert.deepEqual([...operations].sort(), expected.sort());
    });

    it("would change if a logical name did: this test can fail", async () => {
      const urn = resourcesOf(state).find(({ type }) => type === "vault:index/policy:Policy")?.urn ?? "";
      const renamed = JSON.parse(JSON.stringify(state).replaceAll(urn, `${urn}-before`)) as Deployment;
      const { operations } = await previewOf(opened, renamed);
      const changes = changesIn(operations);
      assert.ok(changes.includes(`create ${urn}`), changes.join("\n"));
      assert.ok(changes.includes(`delete ${urn}-before`), changes.join("\n"));
    });
  });
}

/** Pulumi decrypts and encrypts: the texts of this platform stand in secret values too. */
async function filledIn(kept: KeptEnvironment, { stack, texts }: KeptStack): Promise<Deployment> {
  await stack.importStack(JSON.parse(keptText(kept.stack)) as Deployment);
  const clear = await stack.exportStack();
  return JSON.parse(concrete(JSON.stringify(clear), texts)) as Deployment;
}

async function previewOf({ stack }: KeptStack, state: Deployment): Promise<Preview> {
  await stack.importStack(state);
  const log = new EventLog();
  const operations = new Map<string, string>();
  const onEvent = (event: EngineEvent) => {
    log.add(event);
    const { metadata } = event.resourcePreEvent ?? {};
    if (metadata !== undefined && metadata.op !== "read") operations.set(metadata.urn, metadata.op);
  };
  let failure: string | undefined;
  try {
    await stack.preview({ color: "never", onEvent });
    await log.complete();
  } catch (error) {
    failure = messageOf(error);
  }
  const said = log.diagnostics.map(({ text }) => text);
  return { operations, said: failure === undefined || said.length > 0 ? said : [failure] };
}

function changesIn(operations: Preview["operations"]): readonly string[] {
  return [...operations].filter(([, op]) => op !== "same").map(([urn, op]) => `${op} ${urn}`);
}

/** What the program generated, as the leak scan takes it. */
function generatedIn(state: Deployment) {
  return resourcesOf(state)
    .filter(({ type }) => type === "pulumi:index:Stash")
    .flatMap(({ urn, outputs }) =>
      secretsIn(outputs)
        .flatMap(({ plaintext }) => textsIn(JSON.parse(String(plaintext)) as unknown))
        .map((value) => ({ name: urn, value })),
    )
    .filter(({ value }) => value.length >= 12);
}

function textsIn(value: unknown): readonly string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsIn) : [];
}
