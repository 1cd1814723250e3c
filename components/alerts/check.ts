import type { ClusterSpec } from "../clusters/contract.ts";
import { blank, configPath, removeCommand, setCommand } from "../support/messages/config-command.ts";
import type { Issue } from "../support/messages/errors.ts";
import { rulesApi } from "./manifests.ts";

/** What facts of alerts get wrong together with those of the operator. Pure. */
export function alertIssues(
  { name, alerts, externalSecrets, traits }: ClusterSpec,
  needsOperator: boolean,
): readonly Issue[] {
  if (alerts === undefined) return [];
  const own = ["clusters", name, "alerts"];
  if (!needsOperator) {
    if (alerts.namespace !== undefined) return [];
    const names = [...own, "namespace"];
    const problem = "is missing: the rules lie in the operator's namespace, and this cluster has no operator";
    return [{ path: configPath(names), problem, fix: setCommand(names, blank("namespace")) }];
  }
  const { install, serviceMonitor } = externalSecrets;
  if (!install || serviceMonitor || alerts.job !== undefined) return [];
  const names = [...own, "job"];
  const job = `name the job that scrapes its controller: ${setCommand(names, blank("job"))}`;
  const monitor = ["clusters", name, "externalSecrets", "serviceMonitor"];
  return [
    {
      path: configPath(names),
      problem: "is missing: nothing says how Prometheus scrapes the operator, whose metrics the alerts read",
      fix: [
        ...(traits.operatorManager === "helm"
          ? [`let the chart make a ServiceMonitor: ${setCommand(monitor, true)}`, `or ${job}`]
          : [job]),
      ].join("\n    "),
    },
  ];
}

/** Rules are for the Prometheus Operator, which a cluster may not have. */
export function notServedIssue({ name }: ClusterSpec): Issue {
  const names = ["clusters", name, "alerts"];
  return {
    path: configPath(names),
    problem: `cluster ${name} serves no PrometheusRule (${rulesApi.group}/${rulesApi.version}): it has no Prometheus Operator`,
    fix: `install its CRDs first (docs/alerts.md#before)\n    or have no alerts: ${removeCommand(names)}`,
  };
}
