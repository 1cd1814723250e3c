import { createHash } from "node:crypto";
import type { CoreV1Api, CustomObjectsApi, KubeConfig, V1Secret } from "@kubernetes/client-node";
import { loadClient } from "../../../sandbox/platform/kubernetes.ts";
import { connection } from "./platform.ts";

/** Values of Secrets, in clear: `namespace/name` → key → value. */
export type SecretValues = ReadonlyMap<string, Readonly<Record<string, string>>>;

export interface Cluster {
  readonly config: KubeConfig;
  readonly core: CoreV1Api;
  readonly custom: CustomObjectsApi;
}

let opened: Promise<Cluster> | undefined;

/** The cluster of the test platform, as its administrator. */
export function cluster(): Promise<Cluster> {
  opened ??= loadClient(connection().kubeconfig).then(({ client, config }) => ({
    config,
    core: config.makeApiClient(client.CoreV1Api),
    custom: config.makeApiClient(client.CustomObjectsApi),
  }));
  return opened;
}

/** Whether a failed request says that the object does not exist. */
export function isNotFound(error: unknown): boolean {
  return typeof error === "object" && error !== null && "code" in error && error.code === 404;
}

/** The answer, or `undefined` when the object does not exist. */
export async function ifExists<T>(request: Promise<T>): Promise<T | undefined> {
  try {
    return await request;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

export async function readSecret(namespace: string, name: string): Promise<V1Secret | undefined> {
  return ifExists((await cluster()).core.readNamespacedSecret({ namespace, name }));
}

/** Secrets that applications read: all but those of Helm and of the cluster itself. */
export async function applicationSecrets(namespaces?: readonly string[]): Promise<SecretValues> {
  const { items } = await (await cluster()).core.listSecretForAllNamespaces();
  return new Map(
    items
      .filter(({ type, metadata }) => type === "Opaque" && (namespaces?.includes(metadata?.namespace ?? "") ?? true))
      .map((secret) => [`${secret.metadata?.namespace ?? ""}/${secret.metadata?.name ?? ""}`, decode(secret)] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

export function decode(secret: V1Secret): Record<string, string> {
  return Object.fromEntries(
    Object.entries(secret.data ?? {}).map(([key, value]) => [key, Buffer.from(value, "base64").toString("utf8")]),
  );
}

/** Values in a form that a failed comparison may print: `namespace/name key` → the first characters of a hash. */
export function fingerprints(secrets: SecretValues): Readonly<Record<string, string>> {
  return Object.fromEntries(
    [...secrets].flatMap(([name, values]) =>
      Object.entries(values).map(([key, value]) => [`${name} ${key}`, fingerprint(value)]),
    ),
  );
}

export function fingerprint(value: string): string {
  return createHash("sha256").update(value).digest("hex").slice(0, 12);
}

/** Names of namespaces, without those that every cluster of this platform has. */
export async function ownNamespaces(): Promise<readonly string[]> {
  const { items } = await (await cluster()).core.listNamespace();
  const always = ["default", "kube-node-lease", "kube-public", "kube-system", "vault"];
  return items
    .map(({ metadata }) => metadata?.name ?? "")
    .filter((name) => !always.includes(name))
    .sort();
}

/** A token of a service account, for an audience. */
export async function mintToken(account: { namespace: string; name: string }, audience: string): Promise<string> {
  const { status } = await (
    await cluster()
  ).core.createNamespacedServiceAccountToken({
    ...account,
    body: { spec: { audiences: [audience], expirationSeconds: 600 } },
  });
  return status?.token ?? "";
}
