import { loadClient } from "../clusters/client.ts";
import type { ClusterSpec } from "../clusters/contract.ts";
import { messageOf, StoreError } from "../support/errors.ts";
import type { DeliverySpec } from "./contract.ts";

/**
 * Which plain Secrets exist already, as `<namespace>/<name>`. Asks for names; values are not looked at.
 *
 * @throws StoreError when the cluster can't be asked: nothing may then be written either.
 */
export async function takenSecrets(
  cluster: ClusterSpec,
  wanted: readonly DeliverySpec[],
): Promise<ReadonlySet<string>> {
  try {
    const { library, config } = await loadClient(cluster);
    const core = config.makeApiClient(library.CoreV1Api);
    const namespaces = [...new Set(wanted.map(({ namespace }) => namespace))];
    const lists = await Promise.all(namespaces.map((namespace) => core.listNamespacedSecret({ namespace })));
    const present = new Set(
      lists.flatMap(({ items }) => items.map(({ metadata }) => `${metadata?.namespace}/${metadata?.name}`)),
    );
    return new Set(
      wanted.map(({ namespace, secretName }) => `${namespace}/${secretName}`).filter((name) => present.has(name)),
    );
  } catch (error) {
    throw new StoreError(
      `clusters.${cluster.name}`,
      `asking which Secrets exist failed: ${messageOf(error)}`,
      "check the kubeconfig and its context, and that you may list Secrets: kubectl auth can-i list secrets -A",
    );
  }
}
