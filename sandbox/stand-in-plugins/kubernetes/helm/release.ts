import { createHash } from "node:crypto";
import { loadAll } from "js-yaml";
import { NotInStandIn } from "../../support/errors.ts";
import { isJsonMap, isMap, type Json, type JsonMap, type PropertyMap, toJson } from "../../support/values.ts";
import type { Helm } from "./helm.ts";

/** The official plugin's timeout where the program gives none. */
export const DEFAULT_TIMEOUT_SECONDS = 300;

const UNSUPPORTED = ["valueYamlFiles", "postrender", "lint", "recreatePods"];

/** Refuses settings that this stand-in would silently leave out. */
export function mustSupport(inputs: PropertyMap): void {
  for (const name of UNSUPPORTED) {
    if (inputs[name] !== undefined && inputs[name] !== false)
      throw new NotInStandIn("kubernetes", `Setting ${name} of a helm Release`);
  }
  const options = inputs["repositoryOpts"];
  if (isMap(options) && (options["username"] !== undefined || options["password"] !== undefined)) {
    throw new NotInStandIn("kubernetes", "A chart repository with a password");
  }
}

/** A call of helm for a release: who, where, and with what. */
export interface ReleaseCall {
  readonly helm: Helm;
  readonly inputs: PropertyMap;
  readonly signal: AbortSignal;
}

/** The chart as helm would install it: what the official plugin puts into the inputs to notice a changed chart. */
export async function rendered({ helm, inputs, signal }: ReleaseCall): Promise<PropertyMap> {
  const args = ["template", nameOf(inputs), ...chartArgs(inputs)];
  if (inputs["skipCrds"] !== true) args.push("--include-crds");
  if (inputs["disableWebhooks"] === true) args.push("--no-hooks");
  const manifest = await helm.run({ args, namespace: namespaceOf(inputs), values: valuesOf(inputs), signal });
  return {
    checksum: createHash("sha256").update(manifest).digest("hex"),
    resourceNames: resourceNames(manifest),
  };
}

/** Installs; answers what helm says about the release. */
export async function install({ helm, inputs, signal }: ReleaseCall): Promise<JsonMap> {
  const args = ["install", nameOf(inputs), ...chartArgs(inputs), ...waitArgs(inputs), "--output", "json"];
  flag(args, inputs, "createNamespace", "--create-namespace");
  flag(args, inputs, "skipCrds", "--skip-crds");
  flag(args, inputs, "replace", "--replace");
  flag(args, inputs, "disableWebhooks", "--no-hooks");
  flag(args, inputs, "disableOpenapiValidation", "--disable-openapi-validation");
  const output = await helm.run({ args, namespace: namespaceOf(inputs), values: valuesOf(inputs), signal });
  return parsed(output);
}

/** Upgrades; answers what helm says about the release. */
export async function upgrade({ helm, inputs, signal }: ReleaseCall): Promise<JsonMap> {
  const args = ["upgrade", nameOf(inputs), ...chartArgs(inputs), ...waitArgs(inputs), "--output", "json"];
  args.push("--history-max", String(Number(inputs["maxHistory"] ?? 0)));
  flag(args, inputs, "cleanupOnFail", "--cleanup-on-fail");
  flag(args, inputs, "forceUpdate", "--force-replace");
  flag(args, inputs, "resetValues", "--reset-values");
  flag(args, inputs, "reuseValues", "--reuse-values");
  flag(args, inputs, "disableCRDHooks", "--no-hooks");
  const output = await helm.run({ args, namespace: namespaceOf(inputs), values: valuesOf(inputs), signal });
  return parsed(output);
}

/** Uninstalls, and waits unless the release was never waited for. */
export async function uninstall({ helm, inputs, signal }: ReleaseCall): Promise<void> {
  const args = ["uninstall", nameOf(inputs)];
  if (inputs["atomic"] === true || inputs["skipAwait"] !== true) args.push("--wait", "--timeout", timeoutOf(inputs));
  await helm.run({ args, namespace: namespaceOf(inputs), signal });
}

/** What is installed, in the shape that installing answers. */
export async function lookUp({ helm, inputs, signal }: ReleaseCall): Promise<JsonMap> {
  const namespace = namespaceOf(inputs);
  const ask = (...args: string[]): Promise<string> =>
    helm.run({ args: ["get", args[0] ?? "", nameOf(inputs), ...args.slice(1)], namespace, signal });
  const [metadata, manifest, values] = await Promise.all([
    ask("metadata", "--output", "json"),
    ask("manifest"),
    ask("values", "--output", "json"),
  ]);
  const about = parsed(metadata);
  return {
    name: about["name"],
    namespace: about["namespace"],
    version: about["revision"],
    info: { status: about["status"] },
    chart: { metadata: { name: about["chart"], version: about["version"], appVersion: about["appVersion"] } },
    manifest,
    config: values.trim() === "null" ? {} : parsed(values),
  };
}

/** The outputs of a release: its inputs, and what helm made of them. */
export function releaseState(inputs: PropertyMap, release: JsonMap): PropertyMap {
  const chart = mapOf(mapOf(release["chart"])["metadata"]);
  const status = mapOf(release["info"])["status"];
  const version = text(chart["version"]);
  return {
    ...inputs,
    version,
    resourceNames: resourceNames(text(release["manifest"])),
    status: {
      ...(chart["appVersion"] === undefined ? {} : { appVersion: text(chart["appVersion"]) }),
      chart: text(chart["name"]),
      name: text(release["name"]),
      namespace: text(release["namespace"]),
      revision: Number(release["version"] ?? 0),
      status: text(status),
      version,
    },
  };
}

/** Names of the objects in a manifest by `Kind.group/apiVersion` (pulumi/pulumi-kubernetes, manifest_json.go). */
export function resourceNames(manifest: string): PropertyMap {
  const names = new Map<string, Set<string>>();
  for (const document of loadAll(manifest) as Json[]) {
    if (!isJsonMap(document) || typeof document["kind"] !== "string") continue;
    const apiVersion = text(document["apiVersion"]);
    const group = apiVersion.includes("/") ? `.${apiVersion.split("/")[0] ?? ""}` : "";
    const key = `${document["kind"]}${group}/${apiVersion}`;
    const { name, namespace } = mapOf(document["metadata"]);
    const full = namespace === undefined || namespace === "" ? text(name) : `${text(namespace)}/${text(name)}`;
    names.set(key, (names.get(key) ?? new Set()).add(full));
  }
  return Object.fromEntries([...names].map(([key, set]) => [key, [...set].sort()]));
}

function chartArgs(inputs: PropertyMap): string[] {
  const args = [text(inputs["chart"] as Json)];
  const options = inputs["repositoryOpts"];
  const repository: PropertyMap = isMap(options) ? options : {};
  const settings: readonly [string, PropertyMap[string]][] = [
    ["--version", inputs["version"]],
    ["--description", inputs["description"]],
    ["--keyring", inputs["verify"] === true ? inputs["keyring"] : undefined],
    ["--repo", repository["repo"]],
    ["--ca-file", repository["caFile"]],
    ["--cert-file", repository["certFile"]],
    ["--key-file", repository["keyFile"]],
  ];
  for (const [name, value] of settings) if (typeof value === "string" && value !== "") args.push(name, value);
  flag(args, inputs, "dependencyUpdate", "--dependency-update");
  flag(args, inputs, "devel", "--devel");
  flag(args, inputs, "verify", "--verify");
  flag(args, inputs, "renderSubchartNotes", "--render-subchart-notes");
  return args;
}

function waitArgs(inputs: PropertyMap): string[] {
  const args = ["--timeout", timeoutOf(inputs)];
  if (inputs["skipAwait"] !== true) args.push("--wait");
  if (inputs["skipAwait"] !== true && inputs["waitForJobs"] === true) args.push("--wait-for-jobs");
  if (inputs["atomic"] === true) args.push("--rollback-on-failure");
  return args;
}

function timeoutOf(inputs: PropertyMap): string {
  const seconds = Number(inputs["timeout"] ?? 0);
  return `${seconds > 0 ? seconds : DEFAULT_TIMEOUT_SECONDS}s`;
}

function flag(args: string[], inputs: PropertyMap, name: string, option: string): void {
  if (inputs[name] === true) args.push(option);
}

function valuesOf(inputs: PropertyMap): JsonMap {
  const values = inputs["values"];
  return isMap(values) ? mapOf(toJson(values)) : {};
}

function nameOf(inputs: PropertyMap): string {
  return text(inputs["name"] as Json);
}

function namespaceOf(inputs: PropertyMap): string {
  return text(inputs["namespace"] as Json);
}

function parsed(output: string): JsonMap {
  // Warnings of the chart may come before the answer.
  const start = output.indexOf("{");
  return mapOf(JSON.parse(output.slice(Math.max(start, 0))) as Json);
}

function mapOf(value: Json | undefined): JsonMap {
  return isJsonMap(value) ? value : {};
}

function text(value: Json | undefined): string {
  return typeof value === "string" ? value : "";
}
