import { AuthBackendRole as AppRole } from "@pulumi/vault/approle/authBackendRole.js";
import { AuthBackendRole as JwtRole } from "@pulumi/vault/jwt/authBackendRole.js";
import { AuthBackendRole as KubernetesRole } from "@pulumi/vault/kubernetes/authBackendRole.js";
import type { CustomResourceOptions, Output, Resource } from "@pulumi/pulumi";
import { readerSubject } from "./auth-types.ts";

/** Lifetime of a Vault token, in seconds. ESO logs in again at each refresh, so it only has to outlive one. */
const tokenTtlSeconds = 600;

export interface RoleArgs {
  /** Name of the role. */
  readonly role: string;
  /** Where the auth method is mounted. */
  readonly mountPath: string;
  /** Name of its policy. */
  readonly policy: Output<string>;
  /** Lifetime of its tokens, in seconds. Default: it outlives one refresh. */
  readonly tokenSeconds?: number;
}

/** The account that a role lets in. */
export interface BoundAccount {
  readonly namespace: string;
  readonly account: string;
  /** Audience that its token must name. */
  readonly audience: string;
}

/** A role of the Kubernetes auth method, for one account. */
export function kubernetesRole(name: string, args: RoleArgs & BoundAccount, options: CustomResourceOptions): Resource {
  const { role, mountPath, policy, tokenSeconds, namespace, account, audience } = args;
  return new KubernetesRole(
    name,
    {
      backend: mountPath,
      roleName: role,
      boundServiceAccountNames: [account],
      boundServiceAccountNamespaces: [namespace],
      audience,
      ...tokensOf(policy, tokenSeconds),
    },
    options,
  );
}

/** A role of the JWT auth method, for one account. */
export function jwtRole(name: string, args: RoleArgs & BoundAccount, options: CustomResourceOptions): Resource {
  const { role, mountPath, policy, tokenSeconds, namespace, account, audience } = args;
  return new JwtRole(
    name,
    {
      backend: mountPath,
      roleName: role,
      roleType: "jwt",
      boundAudiences: [audience],
      boundSubject: readerSubject(namespace, account),
      userClaim: "sub",
      ...tokensOf(policy, tokenSeconds),
    },
    options,
  );
}

/**
 * An AppRole. Its id is its name, so that it is known before it is made; the secret id, without which nobody logs in, is
 * made by people and never seen here.
 */
export function appRole(name: string, { role, mountPath, policy }: RoleArgs, options: CustomResourceOptions): Resource {
  return new AppRole(
    name,
    { backend: mountPath, roleName: role, roleId: role, bindSecretId: true, ...tokensOf(policy) },
    options,
  );
}

function tokensOf(policy: Output<string>, seconds = tokenTtlSeconds) {
  return { tokenPolicies: [policy], tokenTtl: seconds, tokenMaxTtl: seconds };
}
