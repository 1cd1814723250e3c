import { alertsName } from "../support/naming.ts";
import type { AlertedCluster, RuleGroup } from "./contract.ts";
import { dashboard } from "./dashboard/index.ts";
import { ruleSets } from "./rules/index.ts";

export const rulesApi = { group: "monitoring.coreos.com", version: "v1" } as const;
export const rulesType = `kubernetes:${rulesApi.group}/${rulesApi.version}:PrometheusRule`;

export interface PrometheusRuleManifest {
  readonly apiVersion: string;
  readonly kind: "PrometheusRule";
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly labels: Readonly<Record<string, string>>;
  };
  readonly spec: { readonly groups: readonly RuleGroup[] };
}

/** A PrometheusRule with the logical name of its resource. */
export interface NamedRule {
  readonly resource: string;
  readonly manifest: PrometheusRuleManifest;
}

/** The PrometheusRules of a cluster. Pure. */
export function prometheusRules(alerted: AlertedCluster, namespace: string): readonly NamedRule[] {
  const { cluster, owner, spec } = alerted;
  return ruleSets(alerted).map(({ name, groups }) => ({
    resource: `${cluster}/alerts/${name}`,
    manifest: {
      apiVersion: `${rulesApi.group}/${rulesApi.version}`,
      kind: "PrometheusRule",
      // The name in the facts is part of it: two names may be of one cluster.
      metadata: { name: alertsName({ owner, cluster, part: name }), namespace, labels: spec.labels },
      spec: { groups },
    },
  }));
}

/** A ConfigMap with the logical name of its resource. */
export interface NamedDashboard {
  readonly resource: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
  };
  readonly data: Readonly<Record<string, string>>;
}

/** The dashboard of a cluster as Grafana's sidecar reads it; `undefined` where facts want none. Pure. */
export function dashboardMap(alerted: AlertedCluster, rules: string): NamedDashboard | undefined {
  const { cluster, owner, spec } = alerted;
  if (spec.dashboard === undefined) return undefined;
  const { namespace = rules, labels, annotations } = spec.dashboard;
  const name = alertsName({ owner, cluster, part: "dashboard" });
  return {
    resource: `${cluster}/alerts/dashboard`,
    metadata: { name, namespace, labels, annotations },
    // A sidecar writes the files of all ConfigMaps into one folder.
    data: { [`${name}.json`]: `${JSON.stringify(dashboard(alerted), undefined, 2)}\n` },
  };
}
