import { Policy } from "@pulumi/vault/policy.js";
import {
  readerName,
  vaultCredentialsName,
  vaultReaderName,
  vaultWriterName,
  writerName,
} from "../../support/naming.ts";
import { authTypeOf, type SecretIdReference } from "./auth-types.ts";
import { isCredentialsGrant, isVaultGrant, type VaultReadGrant } from "./grant.ts";
import { authMountOf, type VaultKvSpec } from "./kv.ts";
import { allGrants, type Identity, type IdentityArgs, type StaticLogin } from "../identity.ts";
import type { AppRoleLogin, VaultAccountLogin, VaultLogin } from "./identity-rules.ts";
import { fromLogin } from "./namespaces.ts";
import { vaultCredentialsPolicy, vaultReadPolicy, vaultWritePolicy } from "./policy.ts";
import { appRole, jwtRole, kubernetesRole } from "./roles.ts";

type VaultIdentity = Identity<Exclude<VaultLogin, StaticLogin>>;
type AccountIdentity = Identity<VaultAccountLogin>;

/**
 * Lets the reader of one namespace read exactly the secrets granted: a policy and a role of the auth method. What database
 * engines issue has a role of its own, with a policy of exactly that.
 */
export function vaultIdentity(name: string, args: IdentityArgs<VaultKvSpec>): VaultIdentity {
  const reader = kvIdentity(name, args);
  const grants = allGrants(args).filter(isCredentialsGrant);
  if (grants.length === 0) return reader;
  const issuing = boundIdentity(
    `${name}/database`,
    {
      role: vaultCredentialsName(args.scope),
      account: readerName,
      rights: vaultCredentialsPolicy(grants.map((grant) => fromLogin(args.store, grant))),
      tokenSeconds: Math.max(...grants.map(({ tokenSeconds }) => tokenSeconds)),
    },
    args,
  );
  return { ...reader, dependsOn: [...reader.dependsOn, ...issuing.dependsOn] };
}

function kvIdentity(name: string, args: IdentityArgs<VaultKvSpec>): VaultIdentity {
  const rights = vaultReadPolicy(grantsOf(args));
  const role = vaultReaderName(args.scope);
  const { secretId } = args.store.auth;
  return secretId !== undefined && authTypeOf(args.store.auth, args.scope.cluster) === "approle"
    ? appRoleIdentity(name, { role, rights, secretId }, args)
    : boundIdentity(name, { role, account: readerName, rights }, args);
}

/** Lets one service account of one namespace put exactly these secrets into Vault, and see whether they are there. */
export function vaultWriter(name: string, args: IdentityArgs<VaultKvSpec>): AccountIdentity {
  const rights = vaultWritePolicy(grantsOf(args));
  return boundIdentity(name, { role: vaultWriterName(args.scope), account: writerName, rights }, args);
}

/** The mounts as they are called where the policy is: in the namespace that readers log in at. */
function grantsOf(args: IdentityArgs<VaultKvSpec>): readonly VaultReadGrant[] {
  return allGrants(args)
    .filter(isVaultGrant)
    .map((grant) => fromLogin(args.store, grant));
}

interface Rights {
  readonly role: string;
  /** Text of the policy, which is called as the role is. */
  readonly rights: string;
}

interface Binding extends Rights {
  /** Service account. */
  readonly account: string;
  /** Lifetime of its tokens, in seconds. Default: it outlives one refresh. */
  readonly tokenSeconds?: number;
}

function boundIdentity(
  name: string,
  { account, tokenSeconds, ...rights }: Binding,
  args: IdentityArgs<VaultKvSpec>,
): AccountIdentity {
  const { store, scope, options } = args;
  const { policy, ...place } = policyFor(name, rights, args);
  const { audience } = store.auth;
  const type = authTypeOf(store.auth, scope.cluster) === "jwt" ? "jwt" : "kubernetes";
  const makeRole = type === "jwt" ? jwtRole : kubernetesRole;
  const tokens = tokenSeconds === undefined ? {} : { tokenSeconds };
  const bound = { ...place, policy: policy.name, ...tokens, namespace: scope.namespace, account, audience };
  const role = makeRole(`${name}/role`, bound, options);
  return {
    login: {
      kind: "service-account",
      ...(type === "jwt" ? { type } : {}),
      serviceAccount: account,
      annotations: {},
      ...place,
      audience,
    },
    dependsOn: [policy, role],
  };
}

function appRoleIdentity(
  name: string,
  { secretId, ...rights }: Rights & { readonly secretId: SecretIdReference },
  args: IdentityArgs<VaultKvSpec>,
): Identity<AppRoleLogin> {
  const { policy, role, mountPath } = policyFor(name, rights, args);
  const made = appRole(`${name}/role`, { role, mountPath, policy: policy.name }, args.options);
  return {
    login: { kind: "secret", secretName: secretId.name, key: secretId.key, roleId: role, mountPath },
    dependsOn: [policy, made],
  };
}

/** The policy of a role, and where the role is to be. */
function policyFor(name: string, { role, rights }: Rights, { store, scope, options }: IdentityArgs<VaultKvSpec>) {
  // Neither names the Vault namespace: a resource's is relative to its provider's, and would be one within it.
  const policy = new Policy(`${name}/policy`, { name: role, policy: rights }, options);
  return { policy, role, mountPath: authMountOf(store, scope.cluster) };
}
