import type { AlertedCluster, AlertedOperator, AlertRule } from "../contract.ts";
import { byObject, clusterStoreNotReady, placed, placeLabel, select, type Metric } from "../metrics.ts";
import { alert, kubectl, stackName } from "./alert.ts";

/** An object in the texts of alerts: Prometheus puts its names in. */
const object = `{{ $labels.${placeLabel} }}/{{ $labels.name }}`;

/** Alerts about what the operator does. Pure. */
export function operatorAlerts(cluster: AlertedCluster, operator: AlertedOperator): readonly AlertRule[] {
  return [...objectAlerts(cluster, operator), providerErrors(cluster, operator), ...programAlerts(cluster, operator)];
}

function objectAlerts(cluster: AlertedCluster, { job, clusterStores, pushSecrets }: AlertedOperator) {
  const { notSyncedMinutes, storeMinutes, syncErrors } = cluster.spec.thresholds;
  const doctor = `npx secrets doctor ${object} --stack ${stackName(cluster)}`;
  const failing = (metric: Metric) => notReady(metric, job);
  const stores = storeTexts(clusterStores);
  const errors = select("externalsecret_sync_calls_error", { job });
  return [
    alert(cluster, {
      name: "SecretsNotSynced",
      severity: "warning",
      expr: failing("externalsecret_status_condition"),
      minutes: notSyncedMinutes,
      summary: `ExternalSecret ${object} is not synced`,
      description: `the operator could not bring ExternalSecret ${object} for ${notSyncedMinutes} minutes. Its Secret keeps its last values, or is missing if it was never synced.`,
      command: doctor,
    }),
    alert(cluster, {
      name: "SecretsStoreNotReady",
      severity: "critical",
      expr: [failing("secretstore_status_condition"), ...(clusterStores ? [clusterStoreNotReady(job)] : [])].join(
        " or ",
      ),
      minutes: storeMinutes,
      summary: `${stores.named} is not ready`,
      description: `the operator could not log in to the store of ${stores.named} for ${storeMinutes} minutes. Nothing is synced through it.`,
      command: `npx secrets doctor${stores.target} --stack ${stackName(cluster)}`,
    }),
    alert(cluster, {
      name: "SecretsSyncErrors",
      severity: "warning",
      expr: `sum ${byObject} (${placed(`increase(${errors}[30m])`)}) > ${syncErrors}`,
      summary: `Syncs of ExternalSecret ${object} fail again and again`,
      description: `{{ $value | humanize }} syncs of ExternalSecret ${object} failed within 30 minutes, even if others in between succeeded.`,
      command: doctor,
    }),
    ...(pushSecrets
      ? [
          alert(cluster, {
            name: "SecretsNotPushed",
            severity: "warning",
            expr: failing("pushsecret_status_condition"),
            minutes: notSyncedMinutes,
            summary: `PushSecret ${object} is not synced`,
            description: `the operator could not write what PushSecret ${object} generates to its store for ${notSyncedMinutes} minutes.`,
            command: kubectl(cluster, `-n {{ $labels.${placeLabel} }} describe pushsecret {{ $labels.name }}`),
          }),
        ]
      : []),
  ];
}

/** Objects whose condition Ready is False. With several replicas one alone has the metric; after a change two may. */
function notReady(metric: Metric, job: string): string {
  return `max ${byObject} (${placed(select(metric, { job, condition: "Ready", status: "False" }))}) == 1`;
}

/** How the texts of an alert name a store, and what the doctor is asked for it: everything, where it is a ClusterSecretStore. */
function storeTexts(clusterStores: boolean): { readonly named: string; readonly target: string } {
  if (!clusterStores) return { named: `SecretStore ${object}`, target: ` {{ $labels.${placeLabel} }}` };
  const place = (text: string) => `{{ with $labels.${placeLabel} }}${text}{{ end }}`;
  return {
    named: `{{ if $labels.${placeLabel} }}SecretStore{{ else }}ClusterSecretStore{{ end }} ${place("{{ . }}/")}{{ $labels.name }}`,
    target: place(" {{ . }}"),
  };
}

/** Failed calls that an alert needs at least: of one call in ten minutes, one failure would be all. */
const fewestErrors = 3;

function providerErrors(cluster: AlertedCluster, { job, namespace }: AlertedOperator): AlertRule {
  const { providerErrorPercent } = cluster.spec.thresholds;
  const calls = "externalsecret_provider_api_calls_count";
  const failed = select(calls, { job, status: "error" });
  const by = "by (provider, call)";
  const share = `100 * sum ${by} (increase(${failed}[15m])) / sum ${by} (increase(${select(calls, { job })}[15m]))`;
  return alert(cluster, {
    name: "SecretsProviderErrors",
    severity: "warning",
    expr: `${share} > ${providerErrorPercent} and sum ${by} (increase(${failed}[15m])) >= ${fewestErrors}`,
    minutes: 5,
    summary: "{{ $labels.provider }} fails, refuses or throttles {{ $labels.call }}",
    description:
      "{{ $value | humanize }} % of the operator's calls of {{ $labels.call }} to {{ $labels.provider }} failed within 15 minutes. The metric does not tell throttling from a refusal: the operator's log does.",
    command: kubectl(cluster, `-n ${namespace} logs deployment/external-secrets --since=15m`),
  });
}

function programAlerts(cluster: AlertedCluster, { namespace, job, webhook }: AlertedOperator): readonly AlertRule[] {
  const { downMinutes } = cluster.spec.thresholds;
  const away = (program: string) => `absent(${select("up", { job: program })} == 1)`;
  const pods = kubectl(cluster, `-n ${namespace} get pods`);
  const down = alert(cluster, {
    name: "SecretsOperatorDown",
    severity: "critical",
    expr: away(job),
    minutes: downMinutes,
    summary: "The External Secrets Operator is down",
    description: `no Pod of the operator answered a scrape of job ${job} for ${downMinutes} minutes. Secrets keep their values; changed ones are not delivered, and no other alert about ExternalSecrets can fire.`,
    command: pods,
  });
  if (webhook === undefined) return [down];
  const errors = select("controller_runtime_reconcile_errors_total", { job: webhook.certificateJob });
  return [
    down,
    alert(cluster, {
      name: "SecretsWebhookDown",
      severity: "warning",
      expr: away(webhook.job),
      minutes: downMinutes,
      summary: "The operator's webhook is down",
      description: `no Pod of the webhook answered a scrape of job ${webhook.job} for ${downMinutes} minutes. ExternalSecrets and SecretStores can't be created or changed.`,
      command: pods,
    }),
    alert(cluster, {
      name: "SecretsWebhookCertificateNotRenewed",
      severity: "warning",
      expr: `sum(increase(${errors}[15m])) > 0 or ${away(webhook.certificateJob)}`,
      minutes: 60,
      summary: "Nothing renews the certificate of the operator's webhook",
      description:
        "the operator's certificate controller fails or is away for an hour. When the webhook's certificate expires, ExternalSecrets and SecretStores can't be created or changed.",
      command: kubectl(cluster, `-n ${namespace} logs deployment/external-secrets-cert-controller --since=1h`),
    }),
  ];
}
