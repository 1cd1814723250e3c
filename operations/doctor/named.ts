import type { ClusterSpec } from "../../components/clusters/contract.ts";
import { onStack, type StackNames } from "../on-stack.ts";
import { connection } from "./subject.ts";

/** What a fix is about. */
export interface FixPlace extends StackNames {
  readonly store?: string | undefined;
  readonly cluster: Pick<ClusterSpec, "name" | "kubeconfig" | "context">;
  readonly namespace: string;
}

/**
 * A fix that works when it is typed: with the names of store, cluster and namespace in place of `<name>`, for its stack, and
 * in its cluster whichever is the current one.
 */
export function named(fix: string, { store, cluster, namespace, ...stacks }: FixPlace): string {
  const ofCluster = onStack(inCluster(fix, cluster), stacks)
    .replaceAll("clusters.<name>", `clusters.${cluster.name}`)
    .replaceAll(".<cluster>", `.${cluster.name}`)
    .replaceAll("-n <namespace>", `-n ${namespace}`);
  return store === undefined ? ofCluster : ofCluster.replaceAll("stores.<name>", `stores.${store}`);
}

/** A text whose `kubectl` is for a cluster, as facts say that it is reached. A command that says so stays as it is. */
export function inCluster(text: string, cluster: FixPlace["cluster"]): string {
  const typed = ["kubectl", ...connection(cluster, "--context")].join(" ");
  return text.replaceAll(/\bkubectl(?= )(?! --(?:kubeconfig|context) )/g, () => typed);
}
