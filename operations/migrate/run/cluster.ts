import type { SecretValue } from "../secret-value.ts";

/** A cluster that can't be asked, or refuses. Its message says what the API says. */
export class ClusterError extends Error {
  override readonly name = "ClusterError";
}

export interface Place {
  readonly namespace: string;
  readonly name: string;
}

/** A Secret as the cluster has it. */
export interface LiveSecret {
  /** Values that are text, by key. */
  readonly values: ReadonlyMap<string, SecretValue>;
  /** Its controller. Absent: it has none. */
  readonly controller?: { readonly kind: string; readonly name: string };
  /** All that own it, its controller among them: the cluster deletes it when the last of them is gone. */
  readonly owners: readonly { readonly kind: string; readonly name: string }[];
  readonly isImmutable: boolean;
  /** Whether Helm deletes it when its chart no longer has it. */
  readonly isHelms: boolean;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** Programs that wrote it, as they call themselves: `kubectl-create`, `helm`. */
  readonly writers: readonly string[];
}

/** An ExternalSecret as the cluster has it: no value is in it. */
export interface LiveExternalSecret {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly spec: Readonly<Record<string, unknown>>;
  readonly isReady: boolean;
  /** What the operator says of it. */
  readonly message: string;
}

/** The cluster in which Secrets are migrated. */
export interface MigrationCluster {
  readonly secret: (place: Place) => Promise<LiveSecret | undefined>;
  readonly externalSecret: (place: Place) => Promise<LiveExternalSecret | undefined>;
  /** The ExternalSecrets that write a Secret, whether they own it or not. */
  readonly writersOf: (place: Place) => Promise<readonly LiveExternalSecret[]>;
  /** Removes a Secret's controller, so that nothing that is deleted takes it along. */
  readonly disown: (place: Place) => Promise<void>;
  /** Has the operator leave the Secret of an ExternalSecret alone. */
  readonly release: (place: Place) => Promise<void>;
  readonly deleteExternalSecret: (place: Place) => Promise<void>;
  readonly createExternalSecret: (place: Place, manifest: Readonly<Record<string, unknown>>) => Promise<void>;
  /** Has Helm keep a Secret that its chart no longer has (`helm.sh/resource-policy: keep`). */
  readonly keepForHelm: (place: Place) => Promise<void>;
}
