import { createHash } from "node:crypto";

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
  /** Where it lies below `<platform>-<environment>/`: `<app>/<secret>`, unless the catalogue keeps an older name. */
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
 * Name of a Key Vault secret: `mlops-platform-dev--mlflow--db-password[--<key>]`. Key Vault takes letters, digits and
 * dashes, and does not tell capitals from small letters.
 */
export function keyVaultName(address: SecretAddress, key?: string): string {
  return dashed(address, key, /[^0-9A-Za-z-]/g, /[^0-9a-z-]/);
}

/** Id of a Google Cloud secret: `mlops-platform-dev--mlflow--db-password[--<key>]`. It takes underscores too. */
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
  const digest = createHash("sha256")
    .update(JSON.stringify([parts, key !== undefined]))
    .digest("hex");
  // `---` is in no name that is not ambiguous, so a digest can't be mistaken for a part.
  return `${readable}---${digest.slice(0, 10)}`;
}

/** Name shared by the service account, SecretStore and Vault role that serve one namespace's secrets. */
export const readerName = "secrets-reader";

/**
 * Vault names (policies, roles) are global to a Vault namespace, so they say whose they are. Joined by dots, which none
 * of the parts may hold: with dashes, namespace `b-c` of cluster `a` would share its rights with `c` of `a-b`.
 */
export function vaultReaderName(scope: { platform: string; environment: string; cluster: string; namespace: string }) {
  return [scope.platform, scope.environment, scope.cluster, scope.namespace].join(".");
}

/** Lower-case words joined by dashes, as app, secret, store and cluster names must be. */
export const slug = /^[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/** Path of a secret below its environment: slugs joined by slashes. */
export const secretPath = /^[a-z0-9][a-z0-9_.-]*(?:\/[a-z0-9][a-z0-9_.-]*)+$/;

/** A namespace: DNS label (RFC 1123). */
export const dnsLabel = /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/;

/** A Secret's name: DNS subdomain (RFC 1123), at most 253 characters. */
export const dnsSubdomain = /^(?=.{1,253}$)[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/;

/** A key of a Secret, as the Kubernetes API checks it. */
export const secretKey = /^[-._a-zA-Z0-9]{1,253}$/;
