import { Audit } from "@pulumi/vault/audit.js";
import { AuthBackend } from "@pulumi/vault/authBackend.js";
import { AuthBackend as JwtBackend } from "@pulumi/vault/jwt/authBackend.js";
import { AuthBackendConfig, type AuthBackendConfigArgs } from "@pulumi/vault/kubernetes/authBackendConfig.js";
import { Mount } from "@pulumi/vault/mount.js";
import type { Provider } from "@pulumi/vault/provider.js";
import { secret, type CustomResourceOptions, type Resource } from "@pulumi/pulumi";
import type { OpenArgs } from "../session.ts";
import { existingHook } from "./existing.ts";
import type { JwtMethod, KubernetesMethod } from "./auth-types.ts";
import { authMountOf, type VaultKvSpec } from "./kv.ts";
import { reviewersKey } from "./reviewers.ts";
import { textsByName } from "../../support/texts-by-name.ts";

type SecretConfig = OpenArgs<VaultKvSpec>["secretConfig"];

/** What of a Vault is made here, where facts ask for it. */
export interface VaultSetup {
  /** What must exist before a secret is written. */
  readonly beforeWrites: readonly Resource[];
  /** What must exist before a reader gets its rights. */
  readonly beforeReaders: readonly Resource[];
}

/** Providers of the two namespaces that a Vault is used in; one and the same unless facts say otherwise. */
export interface VaultProviders {
  /** Of the namespace with the secrets. */
  readonly secrets: Provider;
  /** Of the namespace that readers log in at. */
  readonly login: Provider;
}

export function makeVaultSetup(
  spec: VaultKvSpec,
  secretConfig: SecretConfig,
  { secrets, login }: VaultProviders,
): VaultSetup {
  const hooks = asksForParts(spec) ? { hooks: { onError: [existingHook(spec)] } } : {};
  const explained = { provider: secrets, ...hooks };
  const audits = (spec.auditDevices ?? []).map(
    ({ type, path, options: how, retain = false }) =>
      new Audit(
        `${spec.name}/audit/${path}`,
        { type, path, options: { ...how } },
        { ...explained, ...(spec.auth.namespace === "" ? { provider: login } : {}), retainOnDelete: retain },
      ),
  );
  // Nothing is written or read before the audit log is on.
  const audited = { ...explained, dependsOn: audits };
  const mounts = spec.createMount === undefined ? [] : [mountOf(spec, spec.createMount.retain, audited)];
  const methods = Object.entries(spec.auth.methods ?? {}).map(([cluster, asked]) => {
    const place = { name: `${spec.name}/auth/${cluster}`, path: authMountOf(spec, cluster), login };
    return asked.type === "jwt"
      ? jwtMethod(place, asked, audited)
      : kubernetesMethod(place, asked, reviewerOf(cluster, asked, secretConfig), audited);
  });
  return { beforeWrites: [...audits, ...mounts], beforeReaders: [...audits, ...mounts, ...methods] };
}

interface MethodPlace {
  /** Logical name of its resources. */
  readonly name: string;
  /** Where it is mounted. */
  readonly path: string;
  /** Provider of the namespace that readers log in at. */
  readonly login: Provider;
}

/** The Kubernetes auth method, which asks a cluster whether a token is real. */
function kubernetesMethod(
  { name, path, login }: MethodPlace,
  { host, caCert }: KubernetesMethod,
  reviewer: Reviewer,
  audited: CustomResourceOptions,
): Resource {
  const method = new AuthBackend(name, { type: "kubernetes", path }, { ...audited, provider: login });
  return new AuthBackendConfig(
    name,
    {
      backend: method.path,
      kubernetesHost: host,
      ...(caCert === undefined ? {} : { kubernetesCaCert: caCert }),
      ...reviewer,
    },
    { provider: login },
  );
}

/** The JWT auth method, which verifies a token's signature by itself. */
function jwtMethod(
  { name, path, login }: MethodPlace,
  { keys, discoveryUrl, caCert, issuer }: JwtMethod,
  audited: CustomResourceOptions,
): Resource {
  return new JwtBackend(
    name,
    {
      type: "jwt",
      path,
      ...(keys === undefined ? {} : { jwtValidationPubkeys: [...keys] }),
      ...(discoveryUrl === undefined ? {} : { oidcDiscoveryUrl: discoveryUrl }),
      ...(caCert === undefined ? {} : { oidcDiscoveryCaPem: caCert }),
      ...(issuer === undefined ? {} : { boundIssuer: issuer }),
    },
    { ...audited, provider: login },
  );
}

function asksForParts({ auditDevices, createMount, auth }: VaultKvSpec): boolean {
  return auditDevices !== undefined || createMount !== undefined || auth.methods !== undefined;
}

type Reviewer = Pick<AuthBackendConfigArgs, "disableLocalCaJwt" | "tokenReviewerJwt">;

/** The identity with which Vault calls a cluster's TokenReview API. */
function reviewerOf(cluster: string, { reviewer }: KubernetesMethod, secretConfig: SecretConfig): Reviewer {
  if (reviewer === "vault-pod") return { disableLocalCaJwt: false };
  const none = () => new Error(`${reviewersKey} has nothing for cluster ${cluster}, which parsing should have found`);
  const tokens = secretConfig(reviewersKey);
  if (tokens === undefined) throw none();
  const tokenOf = (text: string): string => {
    const token = textsByName(text)?.[cluster];
    if (token === undefined) throw none();
    return token;
  };
  // Vault would otherwise use the token and certificate of its own Pod, which belong to another cluster, or do not exist.
  return { disableLocalCaJwt: true, tokenReviewerJwt: secret(tokens.apply(tokenOf)) };
}

function mountOf({ name, mount }: VaultKvSpec, retain: boolean, options: CustomResourceOptions): Mount {
  return new Mount(
    `${name}/mount`,
    // As the provider's own pages write it: with the short type `kv-v2` each run would show a change.
    { path: mount, type: "kv", options: { version: "2" }, description: "Secrets of applications" },
    // The provider would move the engine, and every secret in it, before the secrets' own resources write to the new path.
    { ...options, retainOnDelete: retain, replaceOnChanges: ["path"] },
  );
}
