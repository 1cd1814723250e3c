import { AuthBackendRole } from "@pulumi/vault/kubernetes/authBackendRole.js";
import { Policy } from "@pulumi/vault/policy.js";
import { vaultSecretStore } from "../external-secrets/manifests.ts";
import { readerName, vaultReaderName } from "../support/naming.ts";
import type { ReadGrant, VaultReadGrant } from "../stores/contract.ts";
import { authMountOf, type VaultKvSpec } from "../stores/vault-kv.ts";
import type { Identity, IdentityArgs } from "./contract.ts";
import { vaultReadPolicy } from "./vault-policy.ts";

/** Lifetime of a reader's Vault token, in seconds. ESO logs in again at each refresh, so it only has to outlive one. */
const tokenTtlSeconds = 600;

/** Lets one service account of one namespace read exactly the secrets granted: a policy and a Kubernetes-auth role. */
export function vaultIdentity(name: string, args: IdentityArgs<VaultKvSpec>): Identity {
  const { store, scope, options } = args;
  const role = vaultReaderName(scope);
  const grants = args.grants.filter(isVaultGrant);
  const mountPath = authMountOf(store, scope.cluster);
  // Neither names the Vault namespace: a resource's is relative to its provider's, and would be one within it.
  const policy = new Policy(`${name}/policy`, { name: role, policy: vaultReadPolicy(grants) }, options);
  const bound = new AuthBackendRole(
    `${name}/role`,
    {
      backend: mountPath,
      roleName: role,
      boundServiceAccountNames: [readerName],
      boundServiceAccountNamespaces: [scope.namespace],
      audience: store.auth.audience,
      tokenPolicies: [policy.name],
      tokenTtl: tokenTtlSeconds,
      tokenMaxTtl: tokenTtlSeconds,
    },
    options,
  );
  return {
    via: "service-account",
    annotations: {},
    dependsOn: [policy, bound],
    secretStore: (metadata) => vaultSecretStore(metadata, store, { role, mountPath }),
  };
}

function isVaultGrant(grant: ReadGrant): grant is VaultReadGrant {
  return grant.kind === "vault-kv";
}
