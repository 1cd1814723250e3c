import type { AlertedCluster, AlertRule, RecordingRule } from "../contract.ts";
import { own, recorded } from "../metrics.ts";
import { alert, stackName } from "./alert.ts";

/** Seconds of a day. */
const day = 86_400;

/**
 * The dates that are known when the program runs, as series: Prometheus compares them with the clock between its runs. A
 * rotation goes through a run, which moves its date. Pure.
 */
export function dateRecords({ cluster, owner, due, certificates }: AlertedCluster): readonly RecordingRule[] {
  const labels = { stack: owner, stack_cluster: cluster };
  return [
    ...due.map(({ id: secret, rotateBy }) =>
      // The whole of that day is in time.
      record(recorded.rotationDue, Date.parse(rotateBy) / 1000 + day, { ...labels, secret }),
    ),
    ...certificates.map(({ name: certificate, notAfter }) =>
      record(recorded.certificateNotAfter, notAfter.getTime() / 1000, { ...labels, certificate }),
    ),
    ...certificates.flatMap(({ name: certificate, sealsSince }) =>
      sealsSince === undefined
        ? []
        : [record(recorded.sealingKeyNotBefore, sealsSince.getTime() / 1000, { ...labels, certificate })],
    ),
  ];
}

function record(name: string, seconds: number, labels: RecordingRule["labels"]): RecordingRule {
  return { record: name, expr: `vector(${Math.floor(seconds)})`, labels };
}

/** Alerts about dates. Pure. */
export function dateAlerts(cluster: AlertedCluster): readonly AlertRule[] {
  const { due, certificates, sealing } = cluster;
  return [
    ...(due.length === 0 ? [] : rotationAlerts(cluster)),
    ...(certificates.length === 0 ? [] : [certificateAlert(cluster)]),
    ...(sealing === undefined ? [] : [sealingKeyAlert(cluster, sealing)]),
  ];
}

function rotationAlerts(cluster: AlertedCluster): readonly AlertRule[] {
  const { rotationNoticeDays } = cluster.spec.thresholds;
  const due = own(recorded.rotationDue, cluster);
  const command = `npx secrets report ${stackName(cluster)}`;
  return [
    alert(cluster, {
      name: "SecretsRotationOverdue",
      severity: "warning",
      expr: `${due} <= time()`,
      summary: "Secret {{ $labels.secret }} is overdue for rotation",
      description: "the rotation of {{ $labels.secret }} was due before {{ $value | humanizeTimestamp }}.",
      command,
    }),
    alert(cluster, {
      name: "SecretsRotationDue",
      severity: "info",
      expr: `${due} > time() <= time() + ${rotationNoticeDays * day}`,
      summary: "Secret {{ $labels.secret }} is due for rotation",
      description: "the rotation of {{ $labels.secret }} is due before {{ $value | humanizeTimestamp }}.",
      command,
    }),
  ];
}

function certificateAlert(cluster: AlertedCluster): AlertRule {
  const { certificateNoticeDays } = cluster.spec.thresholds;
  return alert(cluster, {
    name: "SecretsCertificateExpires",
    severity: "warning",
    expr: `${own(recorded.certificateNotAfter, cluster)} < time() + ${certificateNoticeDays * day}`,
    summary: "The certificate of {{ $labels.certificate }} expires",
    description:
      "the certificate that {{ $labels.certificate }} brings is valid until {{ $value | humanizeTimestamp }}.",
    command: `pulumi config get --path '{{ $labels.certificate }}' --stack ${stackName(cluster)}`,
  });
}

function sealingKeyAlert(
  cluster: AlertedCluster,
  { fetchCertificate }: NonNullable<AlertedCluster["sealing"]>,
): AlertRule {
  const { sealingKeyDays } = cluster.spec.thresholds;
  return alert(cluster, {
    name: "SecretsSealingKeyOld",
    severity: "warning",
    expr: `${own(recorded.sealingKeyNotBefore, cluster)} < time() - ${sealingKeyDays * day}`,
    summary: "Values are sealed with an old key",
    description: `the certificate of {{ $labels.certificate }}, which values are sealed with, is of {{ $value | humanizeTimestamp }}, more than ${sealingKeyDays} days ago. Whoever gets that key reads all that was sealed with it.`,
    command: fetchCertificate,
  });
}
