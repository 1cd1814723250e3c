import { Audit } from "@pulumi/vault/audit.js";
import { AuthBackend } from "@pulumi/vault/authBackend.js";
import { AuthBackendConfig } from "@pulumi/vault/kubernetes/authBackendConfig.js";
import { Mount } from "@pulumi/vault/mount.js";
import { secret, type CustomResourceOptions, type Output, type Resource } from "@pulumi/pulumi";
import { ExpectedError } from "../support/errors.ts";
import { authMountOf, type VaultKvSpec } from "./vault-kv.ts";

/** What of a Vault is made here, where facts ask for it. */
export interface VaultSetup {
  /** What must exist before a secret is written. */
  readonly beforeWrites: readonly Resource[];
  /** What must exist before a reader gets its rights. */
  readonly beforeReaders: readonly Resource[];
}

/** Configuration key of the tokens with which Vault asks clusters about tokens, as JSON by cluster. */
const reviewersKey = "vaultReviewerTokens";

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
  const reviewers = secretConfig(reviewersKey);
  const methods = Object.entries(spec.auth.methods ?? {}).map(([cluster, { host, caCert }]) => {
    const path = authMountOf(spec, cluster);
    const method = new AuthBackend(`${spec.name}/auth/${cluster}`, { type: "kubernetes", path }, audited);
    return new AuthBackendConfig(
      `${spec.name}/auth/${cluster}`,
      {
        backend: method.path,
        kubernetesHost: host,
        ...(caCert === undefined ? {} : { kubernetesCaCert: caCert }),
        ...(reviewers === undefined ? {} : { tokenReviewerJwt: reviewerOf(reviewers, cluster) }),
        // Vault would otherwise take the token and certificate of the Pod it runs in, which are of another cluster or none.
        disableLocalCaJwt: true,
      },
      options,
    );
  });
  return { beforeWrites: [...audits, ...mounts], beforeReaders: [...audits, ...mounts, ...methods] };
}

/** Without a token of its own for the cluster, Vault uses the reader's. */
function reviewerOf(reviewers: Output<string>, cluster: string): Output<string> {
  const tokenOf = (text: string): string => {
    const token = parsed(text)?.[cluster];
    if (token === undefined || typeof token === "string") return token ?? "";
    throw unreadable();
  };
  return secret(reviewers.apply(tokenOf));
}

/** The parser's own message would quote a part of the value. */
function parsed(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return JSON.parse(text) as Readonly<Record<string, unknown>>;
  } catch {
    throw unreadable();
  }
}

function unreadable(): ExpectedError {
  return new ExpectedError(
    `${reviewersKey}: is no JSON object of texts by cluster.\n` +
      `    fix: pulumi config set --secret ${reviewersKey} '{"<cluster>":"<token>"}'`,
  );
}

function mountOf({ name, mount }: VaultKvSpec, retain: boolean, options: CustomResourceOptions): Mount {
  return new Mount(
    `${name}/mount`,
    // As the provider's own pages write it: with the short type `kv-v2` each run would show a change.
    { path: mount, type: "kv", options: { version: "2" }, description: "Secrets of applications" },
    { ...options, retainOnDelete: retain },
  );
}
