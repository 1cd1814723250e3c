import type { AlertedCluster, RecordingRule, RuleGroup } from "../contract.ts";
import { dateAlerts, dateRecords } from "./dates.ts";
import { operatorAlerts } from "./operator.ts";
import { sealedAlerts } from "./sealed.ts";

/** One PrometheusRule: what follows its stack's name in its own, and its groups. */
export interface RuleSet {
  readonly name: string;
  readonly groups: readonly RuleGroup[];
}

/**
 * Series in one PrometheusRule, each about 250 bytes. The Prometheus Operator writes rules into ConfigMaps, and no object
 * may exceed 1 MiB.
 */
const recordsPerSet = 1000;

/** The PrometheusRules of a cluster; no set and no group is empty. Pure. */
export function ruleSets(cluster: AlertedCluster): readonly RuleSet[] {
  const alerts = [
    group("secrets-operator", cluster.operator === undefined ? [] : operatorAlerts(cluster, cluster.operator)),
    group("secrets-sealed", sealedAlerts(cluster)),
    group("secrets-dates", dateAlerts(cluster)),
  ].flat();
  const records = pages(dateRecords(cluster)).map((rules, page) => ({
    name: page === 0 ? "dates" : `dates-${page + 1}`,
    groups: group(`secrets-date-series-${page + 1}`, rules),
  }));
  return [...(alerts.length === 0 ? [] : [{ name: "alerts", groups: alerts }]), ...records];
}

function group(name: string, rules: RuleGroup["rules"]): readonly RuleGroup[] {
  return rules.length === 0 ? [] : [{ name, rules }];
}

function pages(records: readonly RecordingRule[]): readonly (readonly RecordingRule[])[] {
  const count = Math.ceil(records.length / recordsPerSet);
  return Array.from({ length: count }, (_, page) => records.slice(page * recordsPerSet, (page + 1) * recordsPerSet));
}
