import type { AlertedCluster } from "./contract.ts";

/**
 * The metrics that alerts and the dashboard read, with the labels that their programs give them. Prometheus adds those of
 * the target: `job`, `namespace`, `pod` and so on. Where a metric has a label of the same name, and the ServiceMonitor
 * does not say `honorLabels`, the metric's own is renamed to `exported_<label>`.
 *
 * Sources, read on 2026-11-29: the documentation ("Metrics") and code of external-secrets
 * (`pkg/controllers/metrics/labels.go`, `…/externalsecret/esmetrics`, `…/secretstore/{ss,css}metrics`, `…/pushsecret/psmetrics`,
 * `runtime/metrics/metrics.go`), whose names and labels are the same in 0.20.4 and on its main branch; those of
 * controller-runtime (`pkg/internal/controller/metrics`); `pkg/controller/metrics.go` of Sealed Secrets 0.36.0.
 * With `--enable-granular-metrics` the operator's metrics have more labels: every expression here says by which it sums.
 */
export const metrics = {
  /** 1 for each target that answered the last scrape, else 0. */
  up: [],
  externalsecret_status_condition: ["name", "namespace", "condition", "status"],
  externalsecret_sync_calls_total: ["name", "namespace"],
  externalsecret_sync_calls_error: ["name", "namespace"],
  /** `status` is `success` or `error`: whether a provider throttled or refused is in no metric. */
  externalsecret_provider_api_calls_count: ["provider", "call", "status"],
  secretstore_status_condition: ["name", "namespace", "condition", "status"],
  clustersecretstore_status_condition: ["name", "namespace", "condition", "status"],
  pushsecret_status_condition: ["name", "namespace", "condition", "status"],
  controller_runtime_reconcile_errors_total: ["controller"],
  /** -1 (False), 0 (Unknown) or 1 (True). */
  sealed_secrets_controller_condition_info: ["namespace", "name", "condition", "ss_app_kubernetes_io_instance"],
} as const;
export type Metric = keyof typeof metrics;

/** Series that the rules of this program record: times in seconds since 1970, known when it runs. */
export const recorded = {
  /** End of the last day on which a rotation is in time. */
  rotationDue: "secrets_rotation_due_timestamp_seconds",
  /** End of a certificate's validity. */
  certificateNotAfter: "secrets_certificate_not_after_timestamp_seconds",
  /** Beginning of the validity of the certificate that values are sealed with: when the key was made. */
  sealingKeyNotBefore: "secrets_sealing_key_not_before_timestamp_seconds",
} as const;

/** Label with the namespace of an object, wherever the scrape left it. */
export const placeLabel = "secret_namespace";

/** A selector of series: `metric{label="value"}`. Pure. */
export function select(metric: Metric, labels: Readonly<Record<string, string>> = {}): string {
  const matchers = Object.entries(labels).map(([label, value]) => `${label}=${JSON.stringify(value)}`);
  return matchers.length === 0 ? metric : `${metric}{${matchers.join(",")}}`;
}

/** The series with the namespace of their object in `placeLabel`: `exported_namespace` if there is one, else `namespace`. Pure. */
export function placed(series: string): string {
  const own = `label_replace(${series}, "${placeLabel}", "$1", "namespace", "(.*)")`;
  return `label_replace(${own}, "${placeLabel}", "$1", "exported_namespace", "(.+)")`;
}

/** The recorded series of one stack in one cluster: several may record in one Prometheus. Pure. */
export function own(series: string, { owner, cluster }: Pick<AlertedCluster, "owner" | "cluster">): string {
  return `${series}{stack=${JSON.stringify(owner)},stack_cluster=${JSON.stringify(cluster)}}`;
}

/** What identifies an object among series that are placed. */
export const byObject = `by (${placeLabel}, name)`;

/** A ClusterSecretStore is in no namespace: what its series has as one is that of the operator's Pod. Pure. */
export function clusterStoreNotReady(job: string): string {
  const series = select("clustersecretstore_status_condition", { job, condition: "Ready", status: "False" });
  return `max by (name) (${series}) == 1`;
}
