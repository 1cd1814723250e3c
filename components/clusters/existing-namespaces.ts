import { StoreError } from "../support/messages/errors.ts";
import { ApiError, causeOf, listAll, loadClient } from "./client.ts";
import type { ClusterSpec } from "./contract.ts";

/** A namespace that a cluster has. */
export interface ExistingNamespace {
  /** Whether it is being deleted: nothing can be made in it any more. */
  readonly terminating: boolean;
  readonly labels: Readonly<Record<string, string>>;
}

/**
 * The namespaces of a cluster, by name; one request for 500 of them. `undefined` where the deployer may not list them.
 *
 * @throws StoreError when the cluster can't be queried: then nothing may be written.
 */
export async function existingNamespaces(
  cluster: ClusterSpec,
): Promise<ReadonlyMap<string, ExistingNamespace> | undefined> {
  const client = await loadClient(cluster).catch(failed(cluster));
  try {
    const items = await listAll<NamespaceObject>(client, { at: { apiVersion: "v1", kind: "Namespace" } });
    return new Map(
      items.map(({ metadata, status }) => [
        metadata?.name ?? "",
        {
          terminating: metadata?.deletionTimestamp !== undefined || status?.phase === "Terminating",
          labels: metadata?.labels ?? {},
        },
      ]),
    );
  } catch (error) {
    if (error instanceof ApiError && error.status === 403) return undefined;
    return failed(cluster)(error);
  }
}

interface NamespaceObject {
  readonly metadata?: {
    readonly name?: string;
    readonly deletionTimestamp?: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly status?: { readonly phase?: string };
}

function failed(cluster: ClusterSpec): (error: unknown) => never {
  return (error) => {
    throw new StoreError(
      `clusters.${cluster.name}`,
      `asking which namespaces exist failed: ${causeOf(error)}`,
      "check the kubeconfig and its context: kubectl get namespaces",
    );
  };
}
