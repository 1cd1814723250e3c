import { readerName, vaultCredentialsName } from "../../support/naming.ts";
import { authTypeOf } from "./auth-types.ts";
import { authMountOf, type VaultKvSpec } from "./kv.ts";
import type { AccountLogin, IdentityScope, SecretLogin, StaticLogin } from "../identity.ts";

/** How a reader logs in to Vault. */
export type VaultLogin = VaultAccountLogin | AppRoleLogin | StaticLogin;

/** By an auth method that takes a token of the reader's service account. */
export interface VaultAccountLogin extends AccountLogin {
  /** The method's type, which decides how the token is verified. Default: `kubernetes`. */
  readonly type?: "jwt";
  readonly role: string;
  /** Where the auth method is mounted. */
  readonly mountPath: string;
  /** Audience that the account's token must name. */
  readonly audience: string;
}

/** By AppRole, with a secret id that people put into a Secret. */
export interface AppRoleLogin extends SecretLogin {
  /** Names the role in a login. No secret: the secret id is. */
  readonly roleId: string;
  /** Where the auth method is mounted. */
  readonly mountPath: string;
}

/** How the reader of a namespace logs in to get credentials that a database engine issues. Pure. */
export function issuingLogin(store: VaultKvSpec, scope: IdentityScope): VaultAccountLogin {
  return {
    kind: "service-account",
    ...(authTypeOf(store.auth, scope.cluster) === "jwt" ? { type: "jwt" } : {}),
    serviceAccount: readerName,
    annotations: {},
    role: vaultCredentialsName(scope),
    mountPath: authMountOf(store, scope.cluster),
    audience: store.auth.audience,
  };
}

/** Keys of static credentials, and the configuration keys that they come from. */
export const vaultCredentials = { token: "vaultReaderToken" } as const;
