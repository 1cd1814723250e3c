import type { V1Secret } from "@kubernetes/client-node";
import { setTimeout as sleep } from "node:timers/promises";
import { loadClient } from "../../../sandbox/platform/kubernetes.ts";
import { decode } from "./cluster.ts";
import { connection } from "./platform.ts";
import { vault } from "./vault.ts";

/** What a reader saw, and when. */
export interface Sighting {
  readonly at: number;
  readonly type: "ADDED" | "MODIFIED" | "DELETED";
  readonly values: Readonly<Record<string, string>>;
}

export interface Observation {
  /** Every state of each Secret that a watching application sees, in order: `namespace/name`. */
  readonly secrets: ReadonlyMap<string, readonly Sighting[]>;
  /** When Vault first showed a newer version; `undefined` when it never did. */
  readonly vaultChangedAt: number | undefined;
}

export interface ObserveOptions {
  /** `namespace/name`. */
  readonly secrets: readonly string[];
  /** Path in Vault's KV mount. */
  readonly vaultPath: string;
}

/** Milliseconds between two looks at Vault. */
const pollMs = 20;

/** Watches Secrets as an application would, and polls Vault, while `body` runs and until the watch has caught up. */
export async function observe(options: ObserveOptions, body: () => Promise<void>): Promise<Observation> {
  const secrets = new Map<string, Sighting[]>(options.secrets.map((name) => [name, []]));
  const stops = await Promise.all(
    options.secrets.map((name) => watchSecret(name, (sighting) => secrets.get(name)?.push(sighting))),
  );
  const polling = new AbortController();
  const changed = pollVault(options.vaultPath, polling.signal);
  try {
    await body();
    await sleep(500); // the last event may still be on its way; what changed later than this fails the assertion
  } finally {
    polling.abort();
    for (const stop of stops) stop();
  }
  return { secrets, vaultChangedAt: await changed };
}

/** Watches a Secret, `namespace/name`. Returns once the watch is established: its first event is the Secret as it is. */
export async function watchSecret(name: string, see: (sighting: Sighting) => void): Promise<() => void> {
  const { client, config } = await loadClient(connection().kubeconfig);
  const [namespace = "", secret = ""] = name.split("/");
  return new Promise((resolve, reject) => {
    const watching = new client.Watch(config).watch(
      `/api/v1/namespaces/${namespace}/secrets`,
      { fieldSelector: `metadata.name=${secret}` },
      (phase, object: V1Secret) => {
        see({ at: performance.now(), type: phase as Sighting["type"], values: decode(object) });
        void watching.then((controller) => {
          resolve(() => {
            controller.abort();
          });
        });
      },
      (error: unknown) => {
        if (error instanceof Error && error.name !== "AbortError") reject(error);
      },
    );
    watching.catch(reject);
  });
}

async function pollVault(path: string, signal: AbortSignal): Promise<number | undefined> {
  const version = async () => {
    const { body } = await vault(`secret/metadata/${path}`);
    return body.data?.["current_version"];
  };
  const initial = await version();
  while (!signal.aborted) {
    if ((await version()) !== initial) return performance.now();
    await sleep(pollMs);
  }
  return undefined;
}
