import type { ClusterAccess, TargetBase } from "../kind.ts";

/** A Job in a cluster, which tells a target that the deployer does not reach. */
export interface JobSpec extends TargetBase {
  readonly kind: "job";
  /** Which facts have it: a target is told, a probe tries. Default: `targets`. */
  readonly of?: "targets" | "probes";
  readonly cluster: ClusterAccess;
  readonly namespace: string;
  readonly image: string;
  /** What it runs, without a shell of its own. It must bear to be run again with the same values. */
  readonly command: readonly string[];
  /** Variables of its container. */
  readonly env: Readonly<Record<string, string>>;
  readonly serviceAccountName?: string;
  /** Names of Secrets of its namespace with which its image is fetched. */
  readonly imagePullSecrets: readonly string[];
  readonly nodeSelector: Readonly<Record<string, string>>;
  /** User and group of its process. */
  readonly runAsUser: number;
  /** Longest time that it may take, in seconds. */
  readonly deadlineSeconds: number;
  /** Account with which it sets passwords, whose own is configured, or that of a secret. Absent where it needs none. */
  readonly administrator?: string;
  /** Whether it is given the password before. */
  readonly previousPassword: boolean;
}
