import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { KubeConfig } from "@kubernetes/client-node/dist/config.js";
import { NotInStandIn } from "../support/errors.ts";
import type { CheckFailure } from "../support/provider.ts";
import { type PropertyMap, reveal, textOf } from "../support/values.ts";

/** The provider's settings. */
export interface KubernetesConfig {
  readonly kubeConfig: KubeConfig;
  /** Where namespaced objects go that name no namespace. */
  readonly defaultNamespace: string;
  readonly serverSideApply: boolean;
  readonly secretMutable: boolean;
  readonly configMapMutable: boolean;
  readonly upsertExistingObjects: boolean;
  readonly patchForce: boolean;
  readonly deleteUnreachable: boolean;
  readonly skipUpdateUnreachable: boolean;
}

/** Settings that this stand-in accepts and that change nothing. */
export const IGNORED = [
  "version",
  "pluginDownloadURL",
  "__internal",
  // Only a change of it means something: diff-config.ts.
  "clusterIdentifier",
  // Warnings that this stand-in never gives.
  "suppressDeprecationWarnings",
  "suppressHelmHookWarnings",
  "kubeClientSettings",
];
/** Settings that this stand-in follows. */
export const USED = [
  "kubeconfig",
  "context",
  "cluster",
  "namespace",
  "enableServerSideApply",
  "enableSecretMutable",
  "enableConfigMapMutable",
  "enablePatchForce",
  "upsertExistingObjects",
  "deleteUnreachable",
  "skipUpdateUnreachable",
];

/** Every setting that the program makes and this stand-in would silently ignore. */
export function unsupportedConfig(config: PropertyMap): readonly CheckFailure[] {
  return Object.entries(config)
    .filter(([key, value]) => value !== undefined && value !== null && ![...USED, ...IGNORED].includes(key))
    .map(([key]) => ({ property: key, reason: new NotInStandIn("kubernetes", `Provider setting ${key}`).message }));
}

/** Reads the provider's settings; a switch is the setting, else its environment variable, else the official default. */
export function parseConfig(config: PropertyMap, environment: NodeJS.ProcessEnv = process.env): KubernetesConfig {
  const text = (key: string): string | undefined => {
    const value = reveal(config[key] ?? null);
    return textOf(value) === "" ? undefined : textOf(value);
  };
  const flag = (key: string, variable: string, fallback = "false"): boolean =>
    (text(key) ?? environment[variable] ?? fallback) === "true";

  const kubeConfig = loadKubeConfig(text("kubeconfig"));
  const context = text("context");
  if (context !== undefined) kubeConfig.setCurrentContext(context);
  const current = kubeConfig.getContextObject(kubeConfig.getCurrentContext());
  const cluster = text("cluster");
  if (cluster !== undefined && current !== null) {
    kubeConfig.contexts = kubeConfig.contexts.map((item) => (item.name === current.name ? { ...item, cluster } : item));
  }
  if (kubeConfig.getCurrentCluster() === null)
    throw new Error("the kubeconfig names no cluster for its current context");
  return {
    kubeConfig,
    defaultNamespace: text("namespace") ?? current?.namespace ?? "default",
    serverSideApply: flag("enableServerSideApply", "PULUMI_K8S_ENABLE_SERVER_SIDE_APPLY", "true"),
    secretMutable: flag("enableSecretMutable", "PULUMI_K8S_ENABLE_SECRET_MUTABLE"),
    configMapMutable: flag("enableConfigMapMutable", "PULUMI_K8S_ENABLE_CONFIGMAP_MUTABLE"),
    upsertExistingObjects: flag("upsertExistingObjects", "PULUMI_K8S_UPSERT_EXISTING_OBJECTS"),
    patchForce: flag("enablePatchForce", "PULUMI_K8S_ENABLE_PATCH_FORCE"),
    deleteUnreachable: flag("deleteUnreachable", "PULUMI_K8S_DELETE_UNREACHABLE"),
    skipUpdateUnreachable: flag("skipUpdateUnreachable", "PULUMI_K8S_SKIP_UPDATE_UNREACHABLE"),
  };
}

/** A kubeconfig from its content, from a file, or from where kubectl looks. */
export function loadKubeConfig(pathOrContent: string | undefined): KubeConfig {
  const config = new KubeConfig();
  if (pathOrContent === undefined) {
    config.loadFromDefault();
    return config;
  }
  if (isFile(pathOrContent)) config.loadFromFile(fromHome(pathOrContent));
  else config.loadFromString(pathOrContent);
  return config;
}

/** Whether a kubeconfig is the path of a file of this machine. */
export function isFile(pathOrContent: string): boolean {
  return !pathOrContent.includes("\n") && existsSync(fromHome(pathOrContent));
}

function fromHome(path: string): string {
  return path.startsWith("~/") ? join(homedir(), path.slice(2)) : path;
}
