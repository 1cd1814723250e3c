import { own } from "../../support/own.ts";

/**
 * How readers log in to a Vault, in Vault's own words for its auth methods: `kubernetes` asks the cluster whether a token
 * is real; `jwt` verifies its signature with the cluster's keys, and needs no way to the cluster; `approle` takes a secret
 * id, for clusters whose tokens Vault can't trust.
 */
export const authTypes = ["kubernetes", "jwt", "approle"] as const;
export type AuthType = (typeof authTypes)[number];

/** What decides how the readers of a cluster log in. */
export interface AuthPlaces {
  /** Where the method is mounted: one mount for each cluster that reads, by cluster, and one for all others. */
  readonly mountPath: string;
  readonly mountPaths: Readonly<Record<string, string>>;
  /** How readers log in. Default: `kubernetes`. */
  readonly type?: AuthType;
  /** The same by cluster, where it differs. */
  readonly types?: Readonly<Record<string, AuthType>>;
}

/** How the readers of a cluster log in. */
export function authTypeOf(
  { type = "kubernetes", types = {} }: Pick<AuthPlaces, "type" | "types">,
  cluster: string,
): AuthType {
  return own(types, cluster) ?? type;
}

/** Where the auth method that trusts a cluster is mounted: where nothing is said, Vault's own name for its type. */
export function authMountAt(auth: AuthPlaces, cluster: string): string {
  const type = authTypeOf(auth, cluster);
  return own(auth.mountPaths, cluster) ?? (type === (auth.type ?? "kubernetes") ? auth.mountPath : type);
}

/** The key of a Secret in which people put the secret id of an AppRole. */
export interface SecretIdReference {
  /** Name of the Secret, in each namespace that reads. */
  readonly name: string;
  readonly key: string;
}

/** An auth method that is made here. */
export type VaultAuthMethod = KubernetesMethod | JwtMethod;

/** How Vault asks a cluster whether a token is real. */
export interface KubernetesMethod {
  readonly type?: undefined;
  /** URL of the cluster's API as Vault reaches it. */
  readonly host: string;
  /** PEM bundle that signed the API's certificate. Default: the system's; with `vault-pod` that of the cluster. */
  readonly caCert?: string;
  /**
   * `vault-pod` where Vault runs in that very cluster and asks with its Pod's own token. Default: with a token of the
   * configuration (`vault-reviewers.ts`). The reader's own is of no use: it has Vault's audience, and not the API's.
   */
  readonly reviewer?: "vault-pod";
}

/** How Vault verifies a cluster's tokens by itself: with keys that it is given, or that the cluster's issuer publishes. */
export interface JwtMethod {
  readonly type: "jwt";
  /** Public keys that the cluster signs tokens with, as PEM. Absent with `discoveryUrl`. */
  readonly keys?: readonly string[];
  /** Issuer, below which Vault finds the keys (OpenID Connect discovery). Absent with `keys`. */
  readonly discoveryUrl?: string;
  /** PEM bundle that signed the certificate of `discoveryUrl`. Default: the system's. */
  readonly caCert?: string;
  /** Issuer that a token must name. Default: with `discoveryUrl` that one, else any. */
  readonly issuer?: string;
}

/** The methods that ask their cluster, by cluster. */
export function kubernetesMethods(
  methods: Readonly<Record<string, VaultAuthMethod>> = {},
): readonly (readonly [cluster: string, method: KubernetesMethod])[] {
  return Object.entries(methods).flatMap(([cluster, method]) =>
    method.type === undefined ? [[cluster, method] as const] : [],
  );
}

/** What the token of a service account says of whom it is, in every cluster: no other account has it. */
export function readerSubject(namespace: string, account: string): string {
  return `system:serviceaccount:${namespace}:${account}`;
}
