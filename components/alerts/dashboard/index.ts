import { shortDigest } from "../../support/digest.ts";
import type { AlertedCluster, AlertedOperator } from "../contract.ts";
import { byObject, clusterStoreNotReady, own, placed, placeLabel, recorded, select } from "../metrics.ts";
import { laidOut, type Panel, type PanelParts } from "./panel.ts";

/** A Grafana dashboard, as its JSON model has it. */
export interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly tags: readonly string[];
  readonly schemaVersion: number;
  readonly version: number;
  readonly editable: boolean;
  readonly timezone: "browser";
  readonly refresh: string;
  readonly time: { readonly from: string; readonly to: string };
  readonly templating: { readonly list: readonly object[] };
  readonly panels: readonly Panel[];
}

/** The dashboard of a cluster: what is broken first, then what is due, then what the operator does. Pure. */
export function dashboard(cluster: AlertedCluster): Dashboard {
  const { operator, owner } = cluster;
  return {
    uid: `secrets-${shortDigest([owner, cluster.cluster], 10)}`,
    title: `Secrets of ${owner} in ${cluster.cluster}`,
    tags: ["secrets"],
    schemaVersion: 39,
    version: 1,
    editable: false,
    timezone: "browser",
    refresh: "1m",
    time: { from: "now-24h", to: "now" },
    templating: {
      list: [{ name: "datasource", label: "Prometheus", type: "datasource", query: "prometheus", hide: 0 }],
    },
    panels: laidOut([
      ...(operator === undefined ? [] : states(operator)),
      ...datesAtAGlance(cluster),
      ...(operator === undefined ? [] : [failing(operator)]),
      ...dueDates(cluster),
      ...(operator === undefined ? [] : history(operator)),
    ]),
  };
}

/** Objects with a status of their condition Ready, each once whichever replica says so. */
function withStatus(
  metric: "externalsecret_status_condition" | "secretstore_status_condition",
  status: string,
  job: string,
) {
  return `max ${byObject} (${placed(select(metric, { job, condition: "Ready", status }))}) == 1`;
}

const stat = { type: "stat", width: 4, height: 4 } as const;
const nothing = "or vector(0)";

function states({ job, clusterStores }: AlertedOperator): readonly PanelParts[] {
  const stores = [
    withStatus("secretstore_status_condition", "False", job),
    ...(clusterStores ? [clusterStoreNotReady(job)] : []),
  ].join(" or ");
  return [
    {
      ...stat,
      title: "ExternalSecrets that are synced",
      description: "ExternalSecrets whose condition Ready is True.",
      queries: [{ expr: `count(${withStatus("externalsecret_status_condition", "True", job)}) ${nothing}` }],
    },
    {
      ...stat,
      title: "ExternalSecrets that fail",
      description: "ExternalSecrets whose condition Ready is False.",
      queries: [{ expr: `count(${withStatus("externalsecret_status_condition", "False", job)}) ${nothing}` }],
      redFrom: 1,
    },
    {
      ...stat,
      title: "SecretStores that fail",
      description: `SecretStores ${clusterStores ? "and ClusterSecretStores " : ""}whose condition Ready is False.`,
      queries: [{ expr: `count(${stores}) ${nothing}` }],
      redFrom: 1,
    },
  ];
}

function datesAtAGlance(cluster: AlertedCluster): readonly PanelParts[] {
  const { due, certificates } = cluster;
  return [
    ...(due.length === 0
      ? []
      : [
          {
            ...stat,
            title: "Secrets overdue for rotation",
            description: "Secrets whose due date has passed, as of the last run of the program.",
            queries: [{ expr: `count(${own(recorded.rotationDue, cluster)} <= time()) ${nothing}` }],
            redFrom: 1,
          },
        ]),
    ...(certificates.length === 0
      ? []
      : [
          {
            ...stat,
            title: "First certificate expires in",
            description: "Certificates that the facts bring, or that values are sealed with.",
            queries: [{ expr: `min(${own(recorded.certificateNotAfter, cluster)}) - time()` }],
            unit: "s",
          },
        ]),
  ];
}

const table = { type: "table", width: 12, height: 8 } as const;

function failing({ job }: AlertedOperator): PanelParts {
  return {
    ...table,
    title: "ExternalSecrets that fail",
    description: "npx secrets doctor <namespace>/<name> says why.",
    queries: [{ expr: withStatus("externalsecret_status_condition", "False", job) }],
    columns: { [placeLabel]: "namespace", name: "ExternalSecret" },
    value: "fails",
  };
}

function dueDates(cluster: AlertedCluster): readonly PanelParts[] {
  if (cluster.due.length === 0) return [];
  return [
    {
      ...table,
      title: "Rotations that are due next",
      description: "The 20 secrets with the nearest due dates; a negative time is overdue.",
      queries: [{ expr: `sort(bottomk(20, max by (secret) (${own(recorded.rotationDue, cluster)} - time())))` }],
      columns: { secret: "secret" },
      value: "due in",
      unit: "s",
    },
  ];
}

const graph = { type: "timeseries", width: 12, height: 8 } as const;

function history({ job, namespace }: AlertedOperator): readonly PanelParts[] {
  const calls = "externalsecret_provider_api_calls_count";
  const rate = (metric: Parameters<typeof select>[0], labels = {}) =>
    `rate(${select(metric, { job, ...labels })}[$__rate_interval])`;
  return [
    {
      ...graph,
      title: "Syncs",
      description: "Syncs of all ExternalSecrets, and those that failed.",
      queries: [
        { expr: `sum(${rate("externalsecret_sync_calls_total")})`, legend: "all" },
        { expr: `sum(${rate("externalsecret_sync_calls_error")})`, legend: "failed" },
      ],
      unit: "ops",
    },
    {
      ...graph,
      title: "Calls to stores",
      description: "The operator's calls by provider and call, to compare with the plan of npm run preview.",
      queries: [
        { expr: `sum by (provider, call) (${rate(calls, { status: "success" })})`, legend: "{{provider}} {{call}}" },
        {
          expr: `sum by (provider, call) (${rate(calls, { status: "error" })})`,
          legend: "{{provider}} {{call}} failed",
        },
      ],
      unit: "ops",
    },
    {
      ...graph,
      title: "Pods of the operator that answer",
      description: `Targets of namespace ${namespace} that answered the last scrape.`,
      queries: [{ expr: `sum by (job) (${select("up", { namespace })})`, legend: "{{job}}" }],
      unit: "short",
    },
  ];
}
