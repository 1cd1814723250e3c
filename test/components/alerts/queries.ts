import { dashboard } from "../../../components/alerts/dashboard/index.ts";
import type { AlertedCluster } from "../../../components/alerts/contract.ts";
import { rulesOf } from "./cluster.ts";

/** Every query of a cluster's dashboard, with Grafana's own variable replaced. */
export function dashboardQueries(cluster: AlertedCluster): readonly string[] {
  return dashboard(cluster)
    .panels.flatMap(({ targets }) => targets.map(({ expr }) => expr))
    .map((expr) => expr.replaceAll("$__rate_interval", "5m"));
}

/** Every query of a cluster. */
export function queriesOf(cluster: AlertedCluster): readonly string[] {
  return [...rulesOf(cluster).map(({ expr }) => expr), ...dashboardQueries(cluster)];
}

/** What a query selects: each metric with the labels that it is selected by, and those that the query names. */
export function selectorsIn(query: string): readonly { readonly metric: string; readonly labels: readonly string[] }[] {
  return [...query.matchAll(/\b(?<metric>[a-z]+(?:_[a-z_]+)*)\{(?<matchers>[^}]*)\}/g)].map(({ groups }) => ({
    metric: groups?.["metric"] ?? "",
    labels: [...(groups?.["matchers"] ?? "").matchAll(/(\w+)=/g)].map(([, label = ""]) => label),
  }));
}

/** Words of a query that are neither in a text nor a label that it groups by: functions, operators and metrics. */
export function wordsIn(query: string): readonly string[] {
  const bare = query
    .replaceAll(/"[^"]*"/g, "")
    .replaceAll(/\{[^}]*\}/g, "")
    .replaceAll(/\bby \([^)]*\)/g, "")
    .replaceAll(/\[[^\]]*\]/g, "");
  return [...new Set([...bare.matchAll(/[a-zA-Z_]\w*/g)].map(([word]) => word))].sort();
}
