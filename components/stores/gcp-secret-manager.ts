import type { Issue } from "../support/errors.ts";
import { gcpSecretId } from "../support/naming.ts";
import type { StoreRules } from "./contract.ts";
import { objectsOf, type Layout } from "./layout.ts";

/** Google Cloud Secret Manager. */
export interface GcpSecretManagerSpec {
  readonly kind: "gcp-secret-manager";
  readonly name: string;
  /** Id of the project. */
  readonly project: string;
  /** Number of the project, which principals of identity pools are written with. */
  readonly projectNumber: string;
  /** Default: `bundle`. */
  readonly layout: Layout;
  /** Locations that hold the values, each with its customer key; empty for automatic replication. */
  readonly locations: readonly { readonly location: string; readonly kmsKeyName?: string }[];
  /** Customer key with automatic replication: a key in the location `global`. */
  readonly kmsKeyName?: string;
  /** Days until a destroyed version is really gone: 1 to 1000, or 0 for at once. */
  readonly versionDestroyDays: number;
  /** Topics (`projects/<project>/topics/<topic>`) that get a message when a rotation is due. */
  readonly topics: readonly string[];
  /**
   * Provider of a workload identity pool that trusts clusters outside of Google, by cluster:
   * `projects/<number>/locations/global/workloadIdentityPools/<pool>/providers/<provider>`.
   */
  readonly identityProviders: Readonly<Record<string, string>>;
  /** Whether readers act as a service account of their own instead of being granted the secrets directly. */
  readonly linkedAccounts: boolean;
  readonly labels: Readonly<Record<string, string>>;
}

export const gcpSecretManagerRules: StoreRules<GcpSecretManagerSpec> = {
  objects: (spec, { address, keys }) => objectsOf(spec.layout, keys, (key) => gcpSecretId(address, key)),
  check: (): readonly Issue[] => [],
};
