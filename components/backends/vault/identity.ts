import { AuthBackendRole } from "@pulumi/vault/kubernetes/authBackendRole.js";
import { Policy } from "@pulumi/vault/policy.js";
import { vaultSecretStore, type VaultLogin } from "../../external-secrets/manifests.ts";
import { readerName, vaultReaderName, vaultWriterName, writerName } from "../../support/naming.ts";
import { isVaultGrant } from "./grant.ts";
import { authMountOf, type VaultKvSpec } from "./kv.ts";
import type { AccountIdentity, IdentityArgs } from "../identity.ts";
import { vaultReadPolicy, vaultWritePolicy } from "./policy.ts";

/** Lifetime of a Vault token, in seconds. ESO logs in again at each refresh, so it only has to outlive one. */
const tokenTtlSeconds = 600;

/** Lets one service account of one namespace read exactly the secrets granted: a policy and a Kubernetes-auth role. */
export function vaultIdentity(name: string, args: IdentityArgs<VaultKvSpec>): AccountIdentity {
  const rights = vaultReadPolicy(args.grants.filter(isVaultGrant));
  const login = { role: vaultReaderName(args.scope), account: readerName };
  return boundIdentity(name, { ...login, rights }, args);
}

/** Lets one service account of one namespace put exactly these secrets into Vault, and see whether they are there. */
export function vaultWriter(name: string, args: IdentityArgs<VaultKvSpec>): AccountIdentity {
  const rights = vaultWritePolicy(args.grants.filter(isVaultGrant));
  const login = {
    role: vaultWriterName(args.scope),
    account: writerName,
    checkAndSet: args.store.checkAndSet ?? false,
  };
  return boundIdentity(name, { ...login, rights }, args);
}

interface Binding extends Omit<VaultLogin, "mountPath"> {
  /** Text of the policy, which is called as the role is. */
  readonly rights: string;
}

function boundIdentity(
  name: string,
  { rights, ...login }: Binding,
  { store, scope, options }: IdentityArgs<VaultKvSpec>,
): AccountIdentity {
  const { role, account } = login;
  const mountPath = authMountOf(store, scope.cluster);
  // Neither names the Vault namespace: a resource's is relative to its provider's, and would be one within it.
  const policy = new Policy(`${name}/policy`, { name: role, policy: rights }, options);
  const bound = new AuthBackendRole(
    `${name}/role`,
    {
      backend: mountPath,
      roleName: role,
      boundServiceAccountNames: [account],
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
    secretStore: (metadata) => vaultSecretStore(metadata, store, { ...login, mountPath }),
  };
}
