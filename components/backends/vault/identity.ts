import { AuthBackendRole } from "@pulumi/vault/kubernetes/authBackendRole.js";
import { Policy } from "@pulumi/vault/policy.js";
import { readerName, vaultReaderName, vaultWriterName, writerName } from "../../support/naming.ts";
import { isVaultGrant, type VaultReadGrant } from "./grant.ts";
import { authMountOf, type VaultKvSpec } from "./kv.ts";
import { allGrants, type Identity, type IdentityArgs, type StaticLogin } from "../identity.ts";
import type { VaultLogin } from "./identity-rules.ts";
import { pathFromLogin } from "./namespaces.ts";
import { vaultReadPolicy, vaultWritePolicy } from "./policy.ts";

/** Lifetime of a Vault token, in seconds. ESO logs in again at each refresh, so it only has to outlive one. */
const tokenTtlSeconds = 600;

type VaultIdentity = Identity<Exclude<VaultLogin, StaticLogin>>;

/** Lets one service account of one namespace read exactly the secrets granted: a policy and a Kubernetes-auth role. */
export function vaultIdentity(name: string, args: IdentityArgs<VaultKvSpec>): VaultIdentity {
  const rights = vaultReadPolicy(grantsOf(args));
  return boundIdentity(name, { role: vaultReaderName(args.scope), account: readerName, rights }, args);
}

/** Lets one service account of one namespace put exactly these secrets into Vault, and see whether they are there. */
export function vaultWriter(name: string, args: IdentityArgs<VaultKvSpec>): VaultIdentity {
  const rights = vaultWritePolicy(grantsOf(args));
  return boundIdentity(name, { role: vaultWriterName(args.scope), account: writerName, rights }, args);
}

/** The mounts as they are called where the policy is: in the namespace that readers log in at. */
function grantsOf(args: IdentityArgs<VaultKvSpec>): readonly VaultReadGrant[] {
  const from = pathFromLogin(args.store);
  return allGrants(args)
    .filter(isVaultGrant)
    .map((grant) => ({ ...grant, mount: `${from}${grant.mount}` }));
}

interface Binding {
  readonly role: string;
  /** Service account. */
  readonly account: string;
  /** Text of the policy, which is called as the role is. */
  readonly rights: string;
}

function boundIdentity(
  name: string,
  { role, account, rights }: Binding,
  { store, scope, options }: IdentityArgs<VaultKvSpec>,
): VaultIdentity {
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
    login: {
      kind: "service-account",
      serviceAccount: account,
      annotations: {},
      role,
      mountPath,
      audience: store.auth.audience,
    },
    dependsOn: [policy, bound],
  };
}
