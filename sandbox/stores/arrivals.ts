import type { KubernetesObject } from "@kubernetes/client-node";
import { loadClient } from "../platform/kubernetes.ts";

/** Milliseconds from an ExternalSecret's first sight to Ready, by namespace; of those that were made meanwhile. */
export type Arrivals = ReadonlyMap<string, number>;

interface ExternalSecretLike extends KubernetesObject {
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

/** Watches ExternalSecrets become Ready while `body` runs. Those that were Ready before are not among the answers. */
export async function watchArrivals(
  { kubeconfig, namespaces }: { readonly kubeconfig: string; readonly namespaces: readonly string[] },
  body: () => Promise<void>,
): Promise<Arrivals> {
  const { client, config } = await loadClient(kubeconfig);
  const seen = new Map<string, number>();
  const arrived = new Map<string, number>();
  const watch = new client.Watch(config);
  const see = (phase: string, { metadata, status }: ExternalSecretLike) => {
    const namespace = metadata?.namespace ?? "";
    if (!namespaces.includes(namespace) || phase === "DELETED") return;
    const ready = status?.conditions?.some((each) => each.type === "Ready" && each.status === "True") ?? false;
    const since = seen.get(namespace);
    // Ready at first sight: it was there before.
    if (since === undefined) seen.set(namespace, ready ? Infinity : performance.now());
    else if (ready && !arrived.has(namespace) && since !== Infinity) arrived.set(namespace, performance.now() - since);
  };
  const path = "/apis/external-secrets.io/v1/externalsecrets";
  // Where the operator was never installed there is nothing to watch; a broken watch only costs a column of the table.
  const watching = await watch.watch(path, {}, see, () => undefined).catch(() => undefined);
  try {
    await body();
  } finally {
    watching?.abort();
  }
  return arrived;
}
