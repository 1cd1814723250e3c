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
  const established = Promise.withResolvers<void>();
  const controller = await new client.Watch(config).watch(
    `/api/v1/namespaces/${namespace}/secrets`,
    { fieldSelector: `metadata.name=${secret}` },
    (phase, object: V1Secret) => {
      const stored = askStore();
      stored.catch(() => undefined); // `sightings` rejects with it
      const type = phase as Sighting["type"];
      seen.push({ state: { type, values: decode(object) }, stored });
      newest = type === "DELETED" ? undefined : object.metadata?.resourceVersion;
      established.resolve();
    },
    (error: unknown) => {
      if (error instanceof Error && error.name !== "AbortError") established.reject(error);
    },
  );
  await established.promise;
  await sightings();
  return {
    name,
    shows: (secret) => newest === secret?.metadata?.resourceVersion,
    sightings,
    stop: () => {
      controller.abort();
    },
  };
}

async function read(name: string): Promise<V1Secret | undefined> {
  const [namespace = "", secret = ""] = name.split("/");
  return readSecret(namespace, secret);
}
