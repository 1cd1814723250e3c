import type { Issue } from "../support/errors.ts";
import { vaultPath } from "../support/naming.ts";
import type { StoreRules } from "./contract.ts";
import { objectsOf } from "./layout.ts";

/** HashiCorp Vault, KV version 2. One KV secret per secret, its keys as properties. */
export interface VaultKvSpec {
  readonly kind: "vault-kv";
  readonly name: string;
  /** URL of Vault as this program reaches it. */
  readonly address: string;
  /** URL of Vault as the clusters reach it. Default: `address`. */
  readonly clusterAddress: string;
  /** Where the KV v2 engine is mounted, without slashes at its ends. */
  readonly mount: string;
  /** Vault namespace (Enterprise). Default: none. */
  readonly namespace?: string;
  /** PEM bundle that signed Vault's certificate. Default: the system's. */
  readonly caBundle?: string;
  /** The Kubernetes auth method that readers log in with; it must exist. */
  readonly auth: {
    /** Where it is mounted: one mount for each cluster that reads, by cluster, and one for all others. */
    readonly mountPath: string;
    readonly mountPaths: Readonly<Record<string, string>>;
    /** Audience that a service-account token must name. Required: without one Vault takes any token of the cluster. */
    readonly audience: string;
  };
  /** How many versions Vault keeps of each secret; at least 2, so that the value before a rotation stays readable. */
  readonly maxVersions: number;
}

export const vaultKvRules: StoreRules<VaultKvSpec> = {
  objects: (_, candidate) => objectsOf("bundle", candidate, () => vaultPath(candidate.address)),
  check: (spec, { address }) => {
    const path = vaultPath(address);
    const issues: Issue[] = [];
    // Vault's own limit is on the storage entry's path, 512 bytes with the engine's prefix (about 60).
    if (path.length > 400) {
      issues.push({
        path: `stores.${spec.name}`,
        problem: `the path of ${address.app}/${address.secret} has ${path.length} characters, Vault takes 400 at most`,
      });
    }
    return issues;
  },
};
