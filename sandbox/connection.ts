import path from "node:path";
import { type CloudAccess, cloudEnvironment } from "./fakes/environment.ts";
import { layoutOf } from "./layout.ts";
import { SandboxError } from "./support/errors.ts";
import { PRIVATE_MODE, readJson, writeJson } from "./support/files.ts";

/** Name of the stack that the sandbox deploys. */
export const SANDBOX_STACK = "sandbox";

/** Where a Pulumi engine or plugin came from. */
export type Origin = "path" | "official" | "found" | "built" | "stand-in";

/** Everything that a program needs to use a running platform. Written to `.sandbox/connection.json`, readable by the user only. */
export interface Connection {
  /** The platform's folder (`.sandbox`). */
  readonly root: string;
  readonly portBase: number;
  /** Path of the admin's kubeconfig. */
  readonly kubeconfig: string;
  readonly kubernetesServer: string;
  readonly vaultAddress: string;
  /** Vault's root token. */
  readonly vaultToken: string;
  /** Mount of the kv-v2 engine. */
  readonly vaultKvMount: string;
  /** Mount of the kubernetes auth method. */
  readonly vaultKubernetesAuth: string;
  /** Folder of the operator's Helm chart. */
  readonly externalSecretsChart: string;
  readonly externalSecretsChartVersion: string;
  /** Links to the command line tools, each under its own name. */
  readonly binaries: Readonly<Record<"pulumi" | "helm" | "kubectl" | "vault", string>>;
  readonly pulumiHome: string;
  readonly pulumiBackendUrl: string;
  readonly pulumiPassphrase: string;
  readonly pulumiCli: { readonly origin: Origin; readonly version: string };
  readonly pulumiPlugins: readonly { readonly name: string; readonly version: string; readonly origin: Origin }[];
  readonly logs: string;
  /** How to reach the fake clouds, where the platform has them. */
  readonly clouds?: CloudAccess;
  /** Version of every program and chart, without a leading v. */
  readonly versions: Readonly<Record<string, string>>;
}

/** Reads the connection of a platform that `up` has prepared. */
export async function readConnection(root: string): Promise<Connection> {
  const connection = (await readJson(layoutOf(root).connection)) as Connection | undefined;
  if (connection !== undefined) return connection;
  throw new SandboxError({
    what: `There is no platform in ${root}.`,
    fix: "Start it: npm run sandbox -- up",
  });
}

/** Writes the connection file. */
export async function writeConnection(connection: Connection): Promise<void> {
  await writeJson(layoutOf(connection.root).connection, connection, PRIVATE_MODE);
}

/** Variables with which the command line tools use this platform and write nothing outside its folder. */
export function connectionEnvironment(connection: Connection): Record<string, string> {
  const { home } = layoutOf(connection.root);
  return {
    KUBECONFIG: connection.kubeconfig,
    KUBECACHEDIR: path.join(home, "kube-cache"),
    VAULT_ADDR: connection.vaultAddress,
    VAULT_TOKEN: connection.vaultToken,
    HELM_CACHE_HOME: path.join(home, "helm", "cache"),
    HELM_CONFIG_HOME: path.join(home, "helm", "config"),
    HELM_DATA_HOME: path.join(home, "helm", "data"),
    PULUMI_HOME: connection.pulumiHome,
    PULUMI_BACKEND_URL: connection.pulumiBackendUrl,
    PULUMI_CONFIG_PASSPHRASE: connection.pulumiPassphrase,
    PULUMI_STACK: SANDBOX_STACK,
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_DIY_BACKEND_GZIP: "true",
    ...cloudEnvironment(connection),
  };
}
