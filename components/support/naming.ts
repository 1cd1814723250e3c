import { createHash } from "node:crypto";
import { shortDigest } from "./digest.ts";

/**
 * Every physical name is made here and nowhere else, so that a collision can be found before anything is written.
 * All functions are pure.
 */

/** What identifies a secret within an environment. */
export interface SecretAddress {
  readonly platform: string;
  readonly environment: string;
  readonly app: string;
  readonly secret: string;
  /** Path below `<platform>-<environment>/`: `<app>/<secret>`, unless the catalogue keeps an older name. */
  readonly path: string;
}

/** The identifier that people use in facts, messages and commands: `mlflow/db-password`. */
export function secretId({ app, secret }: Pick<SecretAddress, "app" | "secret">): string {
  return `${app}/${secret}`;
}

/** Path of a Vault KV v2 secret below its mount: `mlops-platform-dev/mlflow/db-password`. */
export function vaultPath({ platform, environment, path }: SecretAddress): string {
  return `${platform}-${environment}/${path}`;
}

/** Name of an SSM parameter: a hierarchy, `/mlops-platform-dev/mlflow/db-password[/<key>]`. */
export function parameterName(address: SecretAddress, key?: string): string {
  return `/${vaultPath(address)}${key === undefined ? "" : `/${key}`}`;
}

/** Name of a Secrets Manager secret: `mlops-platform-dev/mlflow/db-password[/<key>]`. */
export function secretsManagerName(address: SecretAddress, key?: string): string {
  return parameterName(address, key).slice(1);
}

/**
 * Name of a Key Vault secret: `mlops-platform-dev--mlflow--db-password[--<key>]`. Key Vault allows letters, digits and
 * dashes, and ignores case.
 */
export function keyVaultName(address: SecretAddress, key?: string): string {
  return dashed(address, key, /[^0-9A-Za-z-]/g, /[^0-9a-z-]/);
}

/** Id of a Google Cloud secret: `mlops-platform-dev--mlflow--db-password[--<key>]`. Underscores are allowed too. */
export function gcpSecretId(address: SecretAddress, key?: string): string {
  return dashed(address, key, /[^0-9A-Za-z_-]/g, /[^0-9A-Za-z_-]/);
}

/**
 * Parts joined by two dashes. Where that could be read in two ways (a part has two dashes in a row, or one at an end) or
 * characters are lost, a digest of the whole address follows, so that two addresses never share a name.
 */
function dashed(address: SecretAddress, key: string | undefined, illegal: RegExp, lost: RegExp): string {
  const parts = parameterName(address, key).slice(1).split("/");
  const readable = parts.map((part) => part.replaceAll(illegal, "-")).join("--");
  const ambiguous = parts.some((part) => lost.test(part) || /--|^-|-$/.test(part));
  if (!ambiguous) return readable;
  // `---` is in no name that is not ambiguous, so a digest can't be mistaken for a part.
  return `${readable}---${shortDigest([parts, key !== undefined], 10)}`;
}

/** Name of the service account that reads for one namespace, and of its SecretStore unless facts give another. */
export const readerName = "secrets-reader";

/**
 * Vault names (policies, roles) are global to a Vault namespace, so they say whose they are. Joined by dots, which none
 * of the parts may hold: with dashes, namespace `b-c` of cluster `a` would share its rights with `c` of `a-b`.
 */
export function vaultReaderName(scope: { platform: string; environment: string; cluster: string; namespace: string }) {
  return [scope.platform, scope.environment, scope.cluster, scope.namespace].join(".");
}

/** Name shared by the service account and the SecretStore that put generated secrets into a store. */
export const writerName = "secrets-writer";

/**
 * Namespace in which a cluster generates an application's secrets for a store: `shop-generated-1f2e3d4c`. It holds nothing
 * else. A digest of the whole scope says whose it is: an application belongs to one stack, and one stack owns a namespace.
 */
export function generatorNamespace(scope: {
  platform: string;
  environment: string;
  store: string;
  app: string;
}): string {
  const digest = shortDigest([scope.platform, scope.environment, scope.store, scope.app], 8);
  return `${scope.app.slice(0, 43).replace(/-+$/, "")}-generated-${digest}`;
}

/** Vault policy and role of what writes generated secrets. It has one part more than a reader's, so the two never meet. */
export function vaultWriterName(scope: { platform: string; environment: string; cluster: string; namespace: string }) {
  return `${vaultReaderName(scope)}.writer`;
}

/** Policy and role of the same account, for the credentials that database engines issue: its tokens live longer. */
export function vaultCredentialsName(scope: {
  platform: string;
  environment: string;
  cluster: string;
  namespace: string;
}) {
  return `${vaultReaderName(scope)}.database`;
}

/**
 * Id of the service account that one namespace's reader acts as in Google Cloud: `sr-shop-1f2e3d4c5b`. Ids have 6 to 30
 * characters and are unique in a project, so a digest of the whole scope says whose it is.
 */
export function gcpAccountId(scope: { platform: string; environment: string; cluster: string; namespace: string }) {
  const readable = scope.namespace.slice(0, 15).replace(/-+$/, "");
  return `sr-${readable}-${shortDigest(vaultReaderName(scope), 10)}`;
}

/** What an AWS role is made for. */
export interface AwsRoleScope {
  readonly platform: string;
  readonly environment: string;
  readonly cluster: string;
}

/**
 * IAM role that reads for a namespace. Names of roles are global to an account. The store is part of it: a namespace that
 * moves to another store of the account gets its new role before the old one goes. Joined by dots, as `vaultReaderName`.
 */
export function awsReaderRole(scope: AwsRoleScope & { readonly namespace: string; readonly store: string }): string {
  return roleName(scope.platform, scope.environment, scope.cluster, scope.namespace, scope.store);
}

/** What the name of each reader's role in a cluster begins with, unless it was cut before its namespace ended. */
export function awsReaderRoleBeginning({ platform, environment, cluster }: AwsRoleScope): string {
  return `${platform}.${environment}.${cluster}.`;
}

/** IAM role of the operator's Pods in a cluster. It has fewer parts than a reader's, so the two never share a name. */
export function awsOperatorRole(scope: AwsRoleScope): string {
  return roleName(scope.platform, scope.environment, scope.cluster, "operator");
}

/** IAM allows 64 characters. A longer name ends in a digest of all of it; no part contains the underscore before it. */
function roleName(...parts: readonly string[]): string {
  const name = parts.join(".");
  if (name.length <= 64) return name;
  return `${name.slice(0, 53)}_${shortDigest(name, 10)}`;
}

/**
 * Name of the user-assigned identity that one namespace's reader acts as in Azure: `acme--dev--main--shop`. Names are
 * unique in a resource group; Azure allows up to 128 letters, digits, `-` or `_`.
 */
export function azureIdentityName(scope: {
  platform: string;
  environment: string;
  cluster: string;
  namespace: string;
}): string {
  const parts = [scope.platform, scope.environment, scope.cluster, scope.namespace];
  const readable = parts.join("--");
  if (readable.length <= 128 && !parts.some((part) => part.includes("--"))) return readable;
  // `---` is in no name that says everything, so a digest can't be mistaken for a namespace.
  return `${readable.slice(0, 115).replace(/-+$/, "")}---${shortDigest(parts, 10)}`;
}

/**
 * Name of a role assignment, which Azure wants to be a GUID. The same right has the same name, so it is never there
 * twice; another principal's has another, since Azure lets none be changed.
 */
export function roleAssignmentName(scope: string, principalId: string, role: string): string {
  return nameBasedUuid(urlNamespace, [scope, principalId, role].join("|").toLowerCase());
}

/** Namespace of names that are URLs (RFC 9562, section 6.6). */
const urlNamespace = "6ba7b811-9dad-11d1-80b4-00c04fd430c8";

/** UUID of version 5 (RFC 9562, section 5.5). */
export function nameBasedUuid(namespace: string, name: string): string {
  const bytes = createHash("sha1")
    .update(Buffer.from(namespace.replaceAll("-", ""), "hex"))
    .update(name)
    .digest()
    .subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** Name of the ClusterSecretStore of a store, which is a cluster's only object of this name. */
export function clusterStoreName(scope: { platform: string; environment: string; store: string }): string {
  return `${scope.platform}-${scope.environment}-${scope.store}`;
}

/** Id of the provider that trusts a cluster, in a workload identity pool: 4 to 32 characters, not starting with `gcp-`. */
export function gcpProviderId(cluster: string): string {
  if (/^(?!gcp-|c-)[a-z0-9-]{4,32}$/.test(cluster)) return cluster;
  return `c-${cluster.slice(0, 19)}-${shortDigest(cluster, 10)}`;
}

/**
 * Name of an object with alerts of a stack about a cluster: `secrets-prod-alerts-1f2e3d4c`. A digest says whose it is: all of
 * them may lie in one namespace.
 *
 * @param owner the stack: `<project>/<stack>`.
 */
export function alertsName({ owner, cluster, part }: { owner: string; cluster: string; part: string }): string {
  const stack = owner.slice(owner.indexOf("/") + 1).toLowerCase();
  const readable = stack.replaceAll(/[^a-z0-9]+/g, "-").slice(0, 30);
  return `secrets-${readable}-${part}-${shortDigest([owner, cluster], 8)}`;
}

/** Up to 63 lowercase letters, digits or `-`, from a letter to a letter or digit: names of apps, secrets, stores, clusters. */
export const slug = /^[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/** Path of a secret below its environment: names joined by slashes. */
export const secretPath = /^[a-z0-9][a-z0-9_.-]*(?:\/[a-z0-9][a-z0-9_.-]*)+$/;

/** A namespace: DNS label (RFC 1123). */
export const dnsLabel = /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/;

/** A Secret's name: DNS subdomain (RFC 1123), up to 253 characters. */
export const dnsSubdomain = /^(?=.{1,253}$)[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/;

/** A key of a Secret, as the Kubernetes API checks it. */
export const secretKey = /^[-._a-zA-Z0-9]{1,253}$/;
