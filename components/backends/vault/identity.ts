import { AuthBackendRole as JwtRole } from "@pulumi/vault/jwt/authBackendRole.js";
import { AuthBackendRole as KubernetesRole } from "@pulumi/vault/kubernetes/authBackendRole.js";
import { Policy } from "@pulumi/vault/policy.js";
import { readerName, vaultReaderName, vaultWriterName, writerName } from "../../support/naming.ts";
import { authTypeOf } from "./auth-types.ts";
import { isVaultGrant, type VaultReadGrant } from "./grant.ts";
import { authMountOf, type VaultKvSpec } from "./kv.ts";
import type { Identity, IdentityArgs, StaticLogin } from "../identity.ts";
import type { VaultLogin } from "./identity-rules.ts";
import { pathFromLogin } from "./namespaces.ts";
import { vaultReadPolicy, vaultWritePolicy } from "./policy.ts";

/** Lifetime of a Vault token, in seconds. ESO logs in again at each refresh, so it only has to outlive one. */
const tokenTtlSeconds = 600;

type VaultIdentity = Identity<Exclude<VaultLogin, StaticLogin>>;

/** Lets one service account of one namespace read exactly the secrets granted: a policy and a role of the auth method. */
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
function grantsOf({ grants, store }: IdentityArgs<VaultKvSpec>): readonly VaultReadGrant[] {
  const from = pathFromLogin(store);
  return grants.filter(isVaultGrant).map((grant) => ({ ...grant, mount: `${from}${grant.mount}` }));
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
  const type = authTypeOf(store.auth, scope.cluster);
  const tokens = { tokenPolicies: [policy.name], tokenTtl: tokenTtlSeconds, tokenMaxTtl: tokenTtlSeconds };
  const { audience } = store.auth;
  const bound =
    type === "jwt"
      ? new JwtRole(
          `${name}/role`,
          {
            backend: mountPath,
            roleName: role,
            roleType: "jwt",
            boundAudiences: [audience],
            // The name of an account in a token that a cluster signs: no other has it.
            boundSubject: `system:serviceaccount:${scope.namespace}:${account}`,
            userClaim: "sub",
            ...tokens,
          },
          options,
        )
      : new KubernetesRole(
          `${name}/role`,
          {
            backend: mountPath,
            roleName: role,
            boundServiceAccountNames: [account],
            boundServiceAccountNamespaces: [scope.namespace],
            audience,
            ...tokens,
          },
          options,
        );
  return {
    login: {
      kind: "service-account",
      ...(type === "kubernetes" ? {} : { type }),
      serviceAccount: account,
      annotations: {},
      role,
      mountPath,
      audience,
    },
    dependsOn: [policy, bound],
  };
}
