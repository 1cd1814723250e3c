import { runtime } from "@pulumi/pulumi";
import type { RegisterResourceRequest } from "@pulumi/pulumi/proto/resource_pb.js";
import { SecretInput, type Registered } from "./recording.ts";

/** What a request to register a resource says. */
export function recordOf(
  request: RegisterResourceRequest,
  stack: { readonly project: string; readonly stack: string },
): Registered {
  const timeouts = request.getCustomtimeouts();
  const type = request.getType();
  const name = request.getName();
  const parent = request.getParent();
  const parentType = (parent.split("::")[2] ?? "").split("$").at(-1) ?? "";
  return {
    urn: `urn:pulumi:${stack.stack}::${stack.project}::${parent === "" ? "" : `${parentType}$`}${type}::${name}`,
    type,
    name,
    custom: request.getCustom(),
    parent: parentType === "pulumi:pulumi:Stack" ? "" : lastPart(parent),
    provider: providerName(request.getProvider()),
    inputs: readInputs(request.getObject()?.toJavaScript() ?? {}) as Readonly<Record<string, unknown>>,
    options: {
      aliases: request.getAliasesList().map((alias) => alias.getSpec()?.getName() ?? lastPart(alias.getUrn())),
      dependsOn: request.getDependenciesList().map(lastPart).sort(),
      ignoreChanges: request.getIgnorechangesList(),
      additionalSecretOutputs: request.getAdditionalsecretoutputsList(),
      protect: request.getProtect() ?? false,
      retainOnDelete: request.getRetainondelete() ?? false,
      deleteBeforeReplace: request.getDeletebeforereplace(),
      replaceOnChanges: request.getReplaceonchangesList(),
      importId: request.getImportid(),
      customTimeouts:
        timeouts === undefined
          ? undefined
          : { create: timeouts.getCreate(), update: timeouts.getUpdate(), delete: timeouts.getDelete() },
      hooks: hooksOf(request),
    },
  };
}

function hooksOf(request: RegisterResourceRequest): Readonly<Record<string, readonly string[]>> {
  const { onErrorList, ...others } = request.getHooks()?.toObject() ?? { onErrorList: [] };
  const named = Object.entries({ ...others, onErrorList }).map(
    ([key, names]) => [key.replace(/List$/, ""), names] as const,
  );
  return Object.fromEntries(named.filter(([, names]) => names.length > 0));
}

/** Inputs with the engine's markers for secrets turned into `SecretInput`. */
function readInputs(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(readInputs);
  if (typeof value !== "object" || value === null) return value === runtime.unknownValue ? "<unknown>" : value;
  const fields = value as Readonly<Record<string, unknown>>;
  const signature = fields[runtime.specialSigKey];
  if (signature === runtime.specialSecretSig) return new SecretInput(withoutMarkers(fields["value"]));
  if (signature !== undefined)
    throw new Error(`the recording knows no value with signature ${JSON.stringify(signature)}`);
  return Object.fromEntries(Object.entries(fields).map(([key, each]) => [key, readInputs(each)]));
}

/** The same value with every secret in clear. */
export function withoutMarkers(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutMarkers);
  if (typeof value !== "object" || value === null) return value;
  const fields = value as Readonly<Record<string, unknown>>;
  if (fields[runtime.specialSigKey] === runtime.specialSecretSig) return withoutMarkers(fields["value"]);
  return Object.fromEntries(Object.entries(fields).map(([key, each]) => [key, withoutMarkers(each)]));
}

/** Type of the resource that a URN names. */
export function typeOf(urn: string): string {
  return (urn.split("::")[2] ?? "").split("$").at(-1) ?? "";
}

/** Name of the resource that a URN names. */
export function lastPart(urn: string): string {
  return urn.split("::").slice(3).join("::");
}

/** Name of the provider in a reference (`<urn>::<id>`); empty for a default one. */
export function providerName(reference: string): string {
  return reference.split("::").slice(3, -1).join("::");
}
