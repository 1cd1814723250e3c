import { z } from "zod";
import { namespaceName, url } from "../support/facts.ts";
import { ruledText } from "../support/messages/text-rules.ts";

/** How urgent an alert is, by what Alertmanager routes it. */
export const severities = ["critical", "warning", "info"] as const;
export type Severity = (typeof severities)[number];

/** When alerts fire. */
export interface AlertThresholds {
  /** Minutes for which an ExternalSecret, PushSecret or SealedSecret may fail. */
  readonly notSyncedMinutes: number;
  /** Minutes for which a SecretStore may fail. */
  readonly storeMinutes: number;
  /** Minutes for which a program of the operator may be away. */
  readonly downMinutes: number;
  /** Failed syncs of one ExternalSecret within 30 minutes. */
  readonly syncErrors: number;
  /** Failed calls to a provider, in percent of all. */
  readonly providerErrorPercent: number;
  /** Days before a rotation is due. */
  readonly rotationNoticeDays: number;
  /** Days before a certificate expires. */
  readonly certificateNoticeDays: number;
  /** Age of the key that values are sealed for, in days. */
  readonly sealingKeyDays: number;
}

const appliers = ["pulumi", "gitops"] as const;
export type AlertsApplier = (typeof appliers)[number];

/** Alerts in one cluster. Plain data. */
export interface AlertsSpec {
  /** Who applies rules and dashboard: this program, or a GitOps tool, from files that follow from the description. */
  readonly appliedBy: AlertsApplier;
  /** Namespace of the PrometheusRules. Default: that of the operator. */
  readonly namespace?: string;
  /** Labels of the PrometheusRules, by which a Prometheus selects them. */
  readonly labels: Readonly<Record<string, string>>;
  /** What the label `severity` says for each urgency. */
  readonly severities: Readonly<Record<Severity, string>>;
  /** Address of the page that says what to do about each alert. Default: alerts have no link. */
  readonly runbooks?: string;
  /** Scrape job of the controller. Default: that of the chart's ServiceMonitor. */
  readonly job?: string;
  readonly thresholds: AlertThresholds;
  /** How Grafana finds the dashboard. Default: there is none. */
  readonly dashboard?: DashboardSpec;
}

/** The ConfigMap of a dashboard. Plain data. */
export interface DashboardSpec {
  /** Its namespace. Default: that of the PrometheusRules. */
  readonly namespace?: string;
  /** Labels by which Grafana's sidecar finds it. */
  readonly labels: Readonly<Record<string, string>>;
  /** Annotations, such as the one that names its folder. */
  readonly annotations: Readonly<Record<string, string>>;
}

/** A key of a label in Kubernetes: a name, maybe behind a domain. */
const labelKey = z
  .string()
  .regex(
    /^([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?\/)?[A-Za-z0-9]([-\w.]{0,61}[A-Za-z0-9])?$/,
    "must be the key of a label, such as release or example.com/team",
  );

/** The value of a label in Kubernetes. */
const labelValue = z
  .string()
  .regex(/^([A-Za-z0-9]([-\w.]{0,61}[A-Za-z0-9])?)?$/, "must be the value of a label: up to 63 letters, digits or -_.");

const labels = z.record(labelKey, labelValue);

const annotationValue = z
  .string()
  .regex(/^(?![\s\S]*\p{C})[\s\S]{0,1024}$/u, "must be up to 1024 characters on one line");

const severity = ruledText({
  pattern: /^[A-Za-z0-9][\w.-]{0,62}$/,
  rule: 'up to 63 letters, digits or "-_.", beginning with a letter or digit',
  characters: /[\w.-]/,
  most: 63,
});

/** A scrape job, such as `external-secrets-metrics` or `monitoring/external-secrets`. */
const job = ruledText({
  pattern: /^[A-Za-z0-9][\w./-]{0,252}$/,
  rule: 'the name of a scrape job: up to 253 letters, digits or "-_./", beginning with a letter or digit',
  characters: /[\w./-]/,
  most: 253,
});

const week = 7 * 24 * 60;
const minutes = (usual: number) =>
  z.int().min(1, "must be at least 1").max(week, `must be at most ${week}, a week`).default(usual);
const days = (usual: number) =>
  z.int().min(1, "must be at least 1").max(3650, "must be at most 3650, ten years").default(usual);

/** Facts of the alerts in a cluster. Absent: there are none. */
export const alerts = z.strictObject({
  appliedBy: z.enum(appliers).default("pulumi"),
  namespace: namespaceName.optional(),
  labels: labels.default({}),
  severities: z
    .strictObject({
      critical: severity.default("critical"),
      warning: severity.default("warning"),
      info: severity.default("info"),
    })
    .prefault({}),
  runbooks: url.optional(),
  job: job.optional(),
  thresholds: z
    .strictObject({
      notSyncedMinutes: minutes(15),
      storeMinutes: minutes(10),
      downMinutes: minutes(5),
      syncErrors: z.int().min(1, "must be at least 1").max(10_000, "must be at most 10000").default(3),
      providerErrorPercent: z.int().min(1, "must be at least 1").max(100, "must be at most 100").default(10),
      rotationNoticeDays: days(14),
      certificateNoticeDays: days(30),
      sealingKeyDays: days(90),
    })
    .prefault({}),
  dashboard: z
    .strictObject({
      namespace: namespaceName.optional(),
      labels: labels.default({ grafana_dashboard: "1" }),
      annotations: z.record(labelKey, annotationValue).default({}),
    })
    .optional(),
});

/** The spec of alerts, from their facts. */
export function alertsSpec(facts: z.output<typeof alerts>): AlertsSpec {
  const { namespace, runbooks, job: scraped, dashboard, ...rest } = facts;
  return {
    ...rest,
    ...(namespace === undefined ? {} : { namespace }),
    ...(runbooks === undefined ? {} : { runbooks }),
    ...(scraped === undefined ? {} : { job: scraped }),
    ...(dashboard === undefined ? {} : { dashboard: dashboardSpec(dashboard) }),
  };
}

function dashboardSpec({ namespace, ...rest }: NonNullable<z.output<typeof alerts>["dashboard"]>): DashboardSpec {
  return { ...rest, ...(namespace === undefined ? {} : { namespace }) };
}
