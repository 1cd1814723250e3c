import type { StateResource } from "../../../components/backends/contract.ts";
import { notServedIssue } from "../../../components/alerts/check.ts";
import { rulesType } from "../../../components/alerts/manifests.ts";
import type { Issue } from "../../../components/support/messages/errors.ts";
import type { Cluster, Environment } from "../../config/environment.ts";
import { wantedAlerts } from "../alerts.ts";
import type { ExternalQueries } from "../external-queries.ts";

export interface AlertPreflightArgs {
  readonly environment: Environment;
  /** The stack: `<project>/<stack>`. */
  readonly owner: string;
  readonly state: readonly StateResource[];
  readonly servesAlerts: ExternalQueries["servesAlerts"];
}

/**
 * Asks each cluster that is to get its first rules whether it knows any: Pulumi would stop in the middle of the run.
 *
 * @throws StoreError where a cluster can't be asked.
 */
export async function preflightAlerts({
  environment,
  owner,
  state,
  servesAlerts,
}: AlertPreflightArgs): Promise<readonly Issue[]> {
  const asking = [...environment.clusters.values()]
    .filter((cluster) => needsRules(environment, owner, cluster) && !hasRules(state, cluster))
    .map(async ({ spec }) => ((await servesAlerts(spec)) ? [] : [notServedIssue(spec)]));
  return (await Promise.all(asking)).flat();
}

function needsRules(environment: Environment, owner: string, cluster: Cluster): boolean {
  return wantedAlerts(environment, owner, cluster).some(({ kind }) => kind === "PrometheusRule");
}

function hasRules(state: readonly StateResource[], { spec }: Cluster): boolean {
  return state.some(({ type, name }) => type === rulesType && name.startsWith(`${spec.name}/alerts/`));
}
