import { causeOf, ifExists, loadClient } from "../clusters/client.ts";
import type { ClusterSpec } from "../clusters/contract.ts";
import { StoreError } from "../support/messages/errors.ts";
import { rulesApi } from "./manifests.ts";

/**
 * Whether a cluster serves PrometheusRules: the Prometheus Operator brings them. One request.
 *
 * @throws StoreError where the cluster can't be asked.
 */
export async function servesAlerts(cluster: ClusterSpec): Promise<boolean> {
  try {
    const client = await loadClient(cluster);
    const at = `/apis/${rulesApi.group}/${rulesApi.version}`;
    const served = await ifExists(client.ask<{ readonly resources: readonly { readonly kind: string }[] }>({ at }));
    return served?.resources.some(({ kind }) => kind === "PrometheusRule") === true;
  } catch (error) {
    throw new StoreError(
      `clusters.${cluster.name}`,
      `asking whether it serves PrometheusRules failed: ${causeOf(error)}`,
      `check the kubeconfig and its context: kubectl get --raw /apis/${rulesApi.group}/${rulesApi.version}`,
    );
  }
}
