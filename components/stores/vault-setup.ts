import { Audit } from "@pulumi/vault/audit.js";
import { AuthBackend } from "@pulumi/vault/authBackend.js";
import { AuthBackendConfig } from "@pulumi/vault/kubernetes/authBackendConfig.js";
import { Mount } from "@pulumi/vault/mount.js";
import { secret, type CustomResourceOptions, type Output, type Resource } from "@pulumi/pulumi";
import { authMountOf, type VaultKvSpec } from "./vault-kv.ts";

/** What of a Vault is made here, where facts ask for it. */
export interface VaultSetup {
  /** What must exist before a secret is written. */
  readonly beforeWrites: readonly Resource[];
  /** What must exist before a reader gets its rights. */
  readonly beforeReaders: readonly Resource[];
}

/** Configuration key of the token with which Vault asks a cluster about tokens. Without one it uses the reader's own. */
export function reviewerKey(cluster: string): string {
  return `vaultReviewerToken-${cluster}`;
}

export function makeVaultSetup(
  spec: VaultKvSpec,
  secretConfig: (key: string) => Output<string> | undefined,
  options: CustomResourceOptions,
): VaultSetup {
  const audits = (spec.auditDevices ?? []).map(
    ({ type, path, options: how }) =>
      new Audit(`${spec.name}/audit/${path}`, { type, path, options: { ...how } }, options),
  );
  // Nothing is written or read before the audit log is on.
  const audited = { ...options, dependsOn: audits };
  const mounts = spec.createMount === undefined ? [] : [mountOf(spec, spec.createMount.retain, audited)];
  const methods = Object.entries(spec.auth.methods ?? {}).map(([cluster, { host, caCert }]) => {
    const path = authMountOf(spec, cluster);
    const method = new AuthBackend(`${spec.name}/auth/${cluster}`, { type: "kubernetes", path }, audited);
    const reviewer = secretConfig(reviewerKey(cluster));
    return new AuthBackendConfig(
      `${spec.name}/auth/${cluster}`,
      {
        backend: method.path,
        kubernetesHost: host,
        ...(caCert === undefined ? {} : { kubernetesCaCert: caCert }),
        ...(reviewer === undefined ? {} : { tokenReviewerJwt: secret(reviewer) }),
        // Vault would otherwise take the token and certificate of the Pod it runs in, which are of another cluster or none.
        disableLocalCaJwt: true,
      },
      options,
    );
  });
  return { beforeWrites: [...audits, ...mounts], beforeReaders: [...audits, ...mounts, ...methods] };
}

function mountOf({ name, mount }: VaultKvSpec, retain: boolean, options: CustomResourceOptions): Mount {
  return new Mount(
    `${name}/mount`,
    // As the provider's own pages write it: with the short type `kv-v2` each run would show a change.
    { path: mount, type: "kv", options: { version: "2" }, description: "Secrets of applications" },
    { ...options, retainOnDelete: retain },
  );
}
