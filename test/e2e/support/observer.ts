import assert from "node:assert/strict";
import type { V1Secret } from "@kubernetes/client-node";
import { loadClient } from "../../../sandbox/platform/kubernetes.ts";
import { decode, readSecret, type SecretValues } from "./cluster.ts";
import { eventually } from "./eventually.ts";
import { connection } from "./platform.ts";

/** A state of a Secret as a watching reader saw it. */
export interface Sighting {
  readonly type: "ADDED" | "MODIFIED" | "DELETED";
  readonly values: Readonly<Record<string, string>>;
  /** Versions that the store had when it was asked, after this state was seen. Empty where it was not asked. */
  readonly stored: readonly string[];
}

export interface Observation {
  /** Every state of each Secret that a watching application sees, in order, by `namespace/name`. The first is from before. */
  readonly secrets: ReadonlyMap<string, readonly Sighting[]>;
  /** What each Secret held when `body` ended, without those that did not exist. */
  readonly atEnd: SecretValues;
}

export interface ObserveOptions {
  /** `namespace/name`. Each must exist. */
  readonly secrets: readonly string[];
  /** Reads which versions the store of such a Secret holds. Default: the stores are not asked. */
  readonly storedVersions?: (name: string) => Promise<readonly string[]>;
}

/** Watches Secrets as an application would while `body` runs, and until the watch has shown the newest state of each. */
export async function observe(
  { secrets: names, storedVersions = () => Promise.resolve([]) }: ObserveOptions,
  body: () => Promise<void>,
): Promise<Observation> {
  const watches = await Promise.all(names.map((name) => watchSecret(name, () => storedVersions(name))));
  try {
    await body();
    const left = await Promise.all(names.map(async (name) => [name, await read(name)] as const));
    const atEnd = new Map(left.flatMap(([name, secret]) => (secret === undefined ? [] : [[name, decode(secret)]])));
    for (const { name, shows } of watches) {
      await eventually(`the watch of Secret ${name} shows its newest state`, async () => shows(await read(name)));
    }
    const seen = await Promise.all(watches.map(async ({ name, sightings }) => [name, await sightings()] as const));
    return { secrets: new Map(seen), atEnd };
  } finally {
    for (const { stop } of watches) stop();
  }
}

/**
 * Whenever a changed value was seen, the store already had a new version. The store is asked after each state is seen, so
 * a slow machine can only make this more lenient, never fail.
 */
export function assertStoreFirst(sightings: readonly Sighting[], name: string): void {
  const [first, ...later] = sightings;
  const before = contentOf(first);
  const changed = later.filter((each) => contentOf(each) !== before);
  assert.ok(changed.length > 0, `Secret ${name} did not change`);
  for (const { stored } of changed) {
    assert.notDeepEqual(stored, first?.stored, `Secret ${name} had a value that was not in its store yet`);
  }
}

function contentOf(sighting: Sighting | undefined): string {
  return JSON.stringify(Object.entries(sighting?.values ?? {}).sort());
}

interface SecretWatch {
  readonly name: string;
  /** Whether it has shown this state of the Secret; `undefined` is a deleted one. */
  readonly shows: (newest: V1Secret | undefined) => boolean;
  /** Everything so far, once the store has answered. */
  readonly sightings: () => Promise<readonly Sighting[]>;
  readonly stop: () => void;
}

/** Watches a Secret. Returns once its state of before was seen, and the store asked about it. */
async function watchSecret(name: string, askStore: () => Promise<readonly string[]>): Promise<SecretWatch> {
  const { client, config } = await loadClient(connection().kubeconfig);
  const [namespace = "", secret = ""] = name.split("/");
  const seen: { readonly state: Omit<Sighting, "stored">; readonly stored: Promise<readonly string[]> }[] = [];
  const sightings = () => Promise.all(seen.map(async ({ state, stored }) => ({ ...state, stored: await stored })));
  let newest: string | undefined;
  /** Version of the last event; a watch from there on misses none. */
  let resourceVersion: string | undefined;
  let failure: Error | undefined;
  let stopped = false;
  let controller: AbortController | undefined;
  const established = Promise.withResolvers<void>();
  const fail = (error: Error) => {
    failure ??= error;
    established.reject(error);
  };
  const onEvent = (phase: string, object: V1Secret) => {
    if (phase === "ERROR") {
      fail(new Error(`the watch of Secret ${name} ended: ${JSON.stringify(object)}`));
      return;
    }
    const stored = askStore();
    stored.catch(() => undefined); // `sightings` rejects with it
    const type = phase as Sighting["type"];
    seen.push({ state: { type, values: decode(object) }, stored });
    resourceVersion = object.metadata?.resourceVersion;
    newest = type === "DELETED" ? undefined : resourceVersion;
    established.resolve();
  };
  const onEnd = (error: unknown) => {
    if (stopped || failure !== undefined) return;
    // The client ends a watch that shows nothing for 30 s, which a run may take; the server ends one after a while.
    if (resourceVersion !== undefined && (!(error instanceof Error) || error.name === "TimeoutError")) {
      open().catch(fail);
    } else {
      fail(error instanceof Error ? error : new Error(`the watch of Secret ${name} ended before it showed anything`));
    }
  };
  const open = async () => {
    const from = resourceVersion === undefined ? {} : { resourceVersion };
    const query = { fieldSelector: `metadata.name=${secret}`, ...from };
    const watch = new client.Watch(config);
    controller = await watch.watch(`/api/v1/namespaces/${namespace}/secrets`, query, onEvent, onEnd);
    if (stopped) controller.abort();
  };
  await open();
  await established.promise;
  await sightings();
  return {
    name,
    shows: (secret) => {
      if (failure !== undefined) throw failure;
      return newest === secret?.metadata?.resourceVersion;
    },
    sightings,
    stop: () => {
      stopped = true;
      controller?.abort();
    },
  };
}

async function read(name: string): Promise<V1Secret | undefined> {
  const [namespace = "", secret = ""] = name.split("/");
  return readSecret(namespace, secret);
}
