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
