import type { AlertsSpec } from "./facts.ts";

/** What the alerts of one cluster are made of. Plain data: names and times, no value. */
export interface AlertedCluster {
  /** Name of the cluster in the facts. */
  readonly cluster: string;
  /** Context of a kubeconfig by which people reach it. Default: the current one. */
  readonly context?: string;
  /** The stack: `<project>/<stack>`. */
  readonly owner: string;
  readonly spec: AlertsSpec;
  /** Absent where nobody said how it is scraped, or there is none. */
  readonly operator?: AlertedOperator;
  /** Secrets with a date by which they are due for rotation, in the order of their ids. */
  readonly due: readonly DueSecret[];
  /** Certificates that the program knows, by the path of the fact that they come from. */
  readonly certificates: readonly KnownCertificate[];
  /** Absent where nothing is sealed for the cluster. */
  readonly sealing?: {
    /** What prints the newest certificate of the controller. */
    readonly fetchCertificate: string;
  };
}

/** The operator as its metrics are scraped. */
export interface AlertedOperator {
  /** Namespace of its Pods. */
  readonly namespace: string;
  /** Scrape job of the controller. */
  readonly job: string;
  /** Scrape jobs of the webhook and of what renews its certificate. Absent where they are not installed here. */
  readonly webhook?: { readonly job: string; readonly certificateJob: string };
  readonly clusterStores: boolean;
  readonly pushSecrets: boolean;
}

export interface DueSecret {
  /** `<app>/<secret>`. */
  readonly id: string;
  /** Last day on which a rotation is in time (`YYYY-MM-DD`). */
  readonly rotateBy: string;
}

export interface KnownCertificate {
  /** Path of the fact that it comes from. */
  readonly name: string;
  readonly notAfter: Date;
  /** Only of a certificate that values are sealed with: when its key was made. */
  readonly sealsSince?: Date;
}

/** Name of an alert: a heading of docs/alerts.md. */
export interface AlertRule {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** A series that Prometheus makes. */
export interface RecordingRule {
  readonly record: string;
  readonly expr: string;
  readonly labels: Readonly<Record<string, string>>;
}

export interface RuleGroup {
  readonly name: string;
  readonly rules: readonly (AlertRule | RecordingRule)[];
}
