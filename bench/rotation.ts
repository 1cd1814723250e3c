import type { V1Secret } from "@kubernetes/client-node";
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { loadavg } from "node:os";
import path from "node:path";
import type { Connection } from "../sandbox/connection.ts";
import { openStack } from "../sandbox/engine/stack.ts";
import { loadClient } from "../sandbox/platform/kubernetes.ts";
import { proofCatalogue, proofSecret } from "../sandbox/stores/catalogue.ts";
import { storesFacts } from "../sandbox/stores/facts.ts";
import { storeRows } from "../sandbox/stores/rows.ts";
import { pause, waitUntil } from "../sandbox/support/wait.ts";
import { sandbox } from "../stacks/environments/sandbox.ts";
import { quantiles, type Quantiles } from "./quantiles.ts";

/** Rotations that are measured, after a first `up` that creates the stack. */
const rotations = 20;

/** How long a rotated value takes from a store to a Secret, in milliseconds. */
export interface RotationRun {
  /** By reading namespace, such as `store-ssm`: from the last write to the store until the Secret changes. */
  readonly delays: Readonly<Record<string, Quantiles & { readonly store: string; readonly identity: string }>>;
  readonly loadAverage: number;
}

/** The run itself writes plain Secrets, so these do not follow a store. */
const rows = storeRows.filter(({ store }) => store !== "plain");

/** The requests that write a value to each fake cloud, by host and operation as their gateway counts them. */
const cloudWrites: Readonly<Record<string, { readonly host: RegExp; readonly operation: RegExp }>> = {
  "parameter-store": { host: /^ssm\./, operation: /^PutParameter$/ },
  "secrets-manager": { host: /^secretsmanager\./, operation: /^PutSecretValue$/ },
  "key-vault": { host: /^management\.azure\.com$/, operation: /^PUT .*\/vaults\/secrets$/ },
  "secret-manager": { host: /^secretmanager\./, operation: /AddSecretVersion$/ },
};

/** Milliseconds between two reads of the clouds' counters: a write is noticed at most this much too late. */
const pollMs = 10;

/** Rotates one secret that is held in every store, on a platform with fake clouds where another stack installs the operator. */
export async function runRotation(connection: Connection): Promise<RotationRun> {
  const up = (hour: number) => rotateTo(connection, new Date(Date.UTC(2027, 0, 1, hour)));
  await up(0);
  const measured = new Map<string, number[]>(rows.map(({ namespace }) => [namespace, []]));
  for (let hour = 1; hour <= rotations; hour += 1) {
    const { changed, written } = await measureTimes(connection, () => up(hour));
    for (const { namespace, store } of rows) {
      const [read, stored] = [changed.get(namespace), written.get(store)];
      if (read === undefined || stored === undefined) throw new Error(`rotation ${hour}: no time for ${namespace}`);
      measured.get(namespace)?.push(Math.round(read - stored));
    }
  }
  const delays = rows.map(({ namespace, store, identity }) => [
    namespace,
    { store, identity, ...quantiles(measured.get(namespace) ?? []) },
  ]);
  return { delays: Object.fromEntries(delays) as RotationRun["delays"], loadAverage: loadavg()[0] ?? 0 };
}

/** The result as text. */
export function describeRotation({ delays, loadAverage }: RotationRun): string {
  return [
    ...Object.values(delays).map(
      ({ store, identity, p50, p95 }) =>
        `rotation: ${store} by ${identity}: the Secret follows its store after ${p50} ms (p50), ${p95} ms (p95)`,
    ),
    `${rotations} rotations, load average ${loadAverage.toFixed(1)}`,
  ].join("\n");
}

/** Runs `up` with this epoch of the secret. */
async function rotateTo(connection: Connection, epoch: Date): Promise<void> {
  const stack = await openStack({
    connection,
    stack: "sandbox.rotation",
    demo: false,
    program: { catalogue: proofCatalogue(rows), policies: { sandbox } },
    facts: {
      ...storesFacts(connection, { rows }),
      rotations: { [`proof/${proofSecret}`]: epoch.toISOString().replace(".000Z", "Z") },
    },
  });
  await stack.up({ suppressProgress: true });
}

interface Times {
  /** When the Secret of each namespace was first seen with a new value, in milliseconds since 1970. */
  readonly changed: ReadonlyMap<string, number>;
  /** When each store was last written. */
  readonly written: ReadonlyMap<string, number>;
}

/** Watches Secrets and stores while `body` runs. */
async function measureTimes(connection: Connection, body: () => Promise<void>): Promise<Times> {
  const started = Date.now();
  const secrets = await watchSecrets(connection);
  const writes = watchWrites(connection);
  try {
    await body();
    await waitUntil(() => secrets.changed.size === rows.length, { timeoutMs: 60_000 });
  } finally {
    secrets.stop();
    await writes.stop();
  }
  const vault = await lastVaultWrite(connection, started);
  return { changed: secrets.changed, written: new Map([...writes.written, ...vault]) };
}

/** Records when each Secret first differs from its value at the start. */
async function watchSecrets({ kubeconfig }: Connection) {
  const { client, config } = await loadClient(kubeconfig);
  const first = new Map<string, string>();
  const changed = new Map<string, number>();
  const complete = Promise.withResolvers<void>();
  const controller = await new client.Watch(config).watch(
    "/api/v1/secrets",
    { fieldSelector: `metadata.name=${proofSecret}` },
    (_phase, { metadata, data }: V1Secret) => {
      const namespace = metadata?.namespace ?? "";
      const print = createHash("sha256")
        .update(data?.["password"] ?? "")
        .digest("hex");
      if (!first.has(namespace)) first.set(namespace, print);
      else if (first.get(namespace) !== print && !changed.has(namespace)) changed.set(namespace, Date.now());
      if (rows.every((row) => first.has(row.namespace))) complete.resolve();
    },
    (error: unknown) => complete.reject(error instanceof Error ? error : new Error("the watch of Secrets ended early")),
  );
  await complete.promise;
  return {
    changed,
    stop: () => {
      controller.abort();
    },
  };
}

/** Records when each cloud's write counter last increased. */
function watchWrites({ clouds }: Connection) {
  const stop = new AbortController();
  const written = new Map<string, number>();
  const counts = async () => {
    const answer = await fetch(`${clouds?.health ?? ""}/requests`);
    return (await answer.json()) as Readonly<Record<string, Readonly<Record<string, number>>>>;
  };
  const watching = (async () => {
    let before: ReadonlyMap<string, number> | undefined;
    while (!stop.signal.aborted) {
      const now = writesByStore(await counts());
      for (const [store, count] of now) {
        if (before !== undefined && count > (before.get(store) ?? 0)) written.set(store, Date.now());
      }
      before = now;
      await pause(pollMs);
    }
  })();
  return {
    written,
    stop: () => {
      stop.abort();
      return watching;
    },
  };
}

function writesByStore(
  requests: Readonly<Record<string, Readonly<Record<string, number>>>>,
): ReadonlyMap<string, number> {
  const flat = Object.entries(requests).flatMap(([host, operations]) =>
    Object.entries(operations).map(([operation, count]) => ({ host, operation, count })),
  );
  return new Map(
    Object.entries(cloudWrites).map(([store, write]) => {
      const own = flat.filter(({ host, operation }) => write.host.test(host) && write.operation.test(operation));
      return [store, own.reduce((sum, { count }) => sum + count, 0)];
    }),
  );
}

/** The last write of the secret since `since`, from Vault's audit log. */
async function lastVaultWrite({ logs }: Connection, since: number): Promise<readonly (readonly [string, number])[]> {
  const audit = await readFile(path.join(logs, "vault-audit.log"), "utf8");
  const times = audit
    .split("\n")
    .filter((line) => line.includes('"type":"response"') && line.includes(`/proof/${proofSecret}"`))
    .map((line) => JSON.parse(line) as AuditLine)
    .filter(({ request }) => /^secret\/data\//.test(request.path) && /^(create|update)$/.test(request.operation))
    .map(({ time }) => Date.parse(time))
    .filter((time) => time >= since);
  return times.length === 0 ? [] : [["vault", Math.max(...times)]];
}

interface AuditLine {
  readonly time: string;
  readonly request: { readonly path: string; readonly operation: string };
}
