import { createHash, randomBytes } from "node:crypto";
import {
  isJsonMap,
  isMap,
  type Json,
  type JsonMap,
  type PropertyMap,
  reveal,
  Unknown,
  type Value,
} from "../support/values.ts";

/** The annotations by which a program steers the official plugin (its package `metadata`, annotations.go). */
export const ANNOTATION = {
  autonamed: "pulumi.com/autonamed",
  skipAwait: "pulumi.com/skipAwait",
  waitFor: "pulumi.com/waitFor",
  timeoutSeconds: "pulumi.com/timeoutSeconds",
  patchForce: "pulumi.com/patchForce",
  patchFieldManager: "pulumi.com/patchFieldManager",
  deletionPropagation: "pulumi.com/deletionPropagationPolicy",
} as const;

/** What an object is called, and where. */
export interface Identity {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace: string | undefined;
}

/** Reads an object's identity; the group "core" is what the API calls no group. */
export function identityOf(object: PropertyMap): Identity {
  const apiVersion = text(object["apiVersion"]) ?? "";
  return {
    apiVersion: apiVersion === "core/v1" ? "v1" : apiVersion,
    kind: text(object["kind"]) ?? "",
    name: text(metadataOf(object)["name"]) ?? "",
    namespace: text(metadataOf(object)["namespace"]),
  };
}

/** `kubernetes:apps/v1:Deployment` is apiVersion `apps/v1`, kind `Deployment`. */
export function kindOfType(type: string): { readonly apiVersion: string; readonly kind: string } {
  const [, module = "", kind = ""] = type.split(":");
  return { apiVersion: module === "core/v1" ? "v1" : module, kind };
}

/**
 * Whether a resource changes some fields of an object that another one makes: its type is called as the object's kind, and
 * `Patch` (pulumi/pulumi-kubernetes, kinds/util.go). A kind that is itself called so is none.
 */
export function isPatch(type: string, object: PropertyMap): boolean {
  return kindOfType(type).kind === `${text(object["kind"]) ?? ""}Patch`;
}

/** The id that the engine keeps: `namespace/name`, or the name alone. */
export function idOf({ namespace, name }: Pick<Identity, "name" | "namespace">): string {
  return namespace === undefined || namespace === "" ? name : `${namespace}/${name}`;
}

/** The reverse of {@link idOf}. */
export function parseId(id: string): { readonly namespace: string | undefined; readonly name: string } {
  const [first = "", second] = id.split("/", 2);
  return second === undefined ? { namespace: undefined, name: first } : { namespace: first, name: second };
}

/** An object's metadata, or an empty map. */
export function metadataOf(object: PropertyMap): PropertyMap {
  const metadata = object["metadata"] === undefined ? undefined : reveal(object["metadata"]);
  return isMap(metadata) ? metadata : {};
}

/** The same for plain JSON. */
export function jsonMetadata(object: JsonMap): JsonMap {
  const metadata = object["metadata"];
  return isJsonMap(metadata) ? metadata : {};
}

/** One annotation, if it is known. */
export function annotation(object: PropertyMap, name: string): string | undefined {
  const annotations = metadataOf(object)["annotations"];
  return isMap(annotations) ? text(annotations[name]) : undefined;
}

/** A copy with other metadata. */
export function withMetadata(object: PropertyMap, changes: PropertyMap): PropertyMap {
  const metadata: PropertyMap = { ...metadataOf(object), ...changes };
  for (const [key, value] of Object.entries(changes)) if (value === undefined) delete metadata[key];
  return { ...object, metadata };
}

/** Gives an unnamed object a name: the one it had, or one made of its resource's. */
export function named(object: PropertyMap, old: PropertyMap, resourceName: string, seed: Uint8Array): PropertyMap {
  const { name, generateName } = metadataOf(object);
  if (name instanceof Unknown || generateName instanceof Unknown || text(name) !== undefined) return object;
  if (text(generateName) !== undefined) {
    throw new Error("the `.metadata.generateName` field is not supported in Server-Side Apply mode");
  }
  const hadName = annotation(old, ANNOTATION.autonamed) === "true" ? text(metadataOf(old)["name"]) : undefined;
  if (Object.keys(old).length > 0 && hadName === undefined) return object;
  return autonamed(object, hadName ?? `${resourceName}-${suffix(seed)}`);
}

function autonamed(object: PropertyMap, name: string): PropertyMap {
  const annotations = metadataOf(object)["annotations"];
  return withMetadata(object, {
    name,
    annotations: { ...(isMap(annotations) ? annotations : {}), [ANNOTATION.autonamed]: "true" },
  });
}

/** The name under which a resource's fields are applied: once chosen, it stays in the state. */
export function fieldManagerOf(inputs: PropertyMap, state: PropertyMap, seed?: string): string {
  const chosen = annotation(inputs, ANNOTATION.patchFieldManager);
  if (chosen !== undefined) return chosen;
  const kept = text(state["__fieldManager"]);
  if (kept !== undefined) return kept;
  return `pulumi-kubernetes-${suffix(seed === undefined ? new Uint8Array() : Buffer.from(seed))}`;
}

// Eight hexadecimal digits; from the engine's seed, so that the update uses the name that its preview showed.
function suffix(seed: Uint8Array): string {
  if (seed.length === 0) return randomBytes(4).toString("hex");
  return createHash("sha256").update(seed).digest("hex").slice(0, 8);
}

const READ_ONLY = [
  "creationTimestamp",
  "deletionGracePeriodSeconds",
  "deletionTimestamp",
  "generation",
  "managedFields",
  "resourceVersion",
  "uid",
];

/** Removes what only the server may set. */
export function withoutReadOnly(object: PropertyMap): PropertyMap {
  if (!isMap(object["metadata"])) return object;
  return withMetadata(object, Object.fromEntries(READ_ONLY.map((name) => [name, undefined])));
}

/** True for the API's own kinds, whose empty and zero fields the server drops; false for custom resources. */
export function isBuiltIn(apiVersion: string): boolean {
  const group = apiVersion.includes("/") ? (apiVersion.split("/")[0] ?? "") : "";
  return !group.includes(".") || group.endsWith(".k8s.io");
}

/** True for a CustomResourceDefinition. */
export function isDefinition(object: PropertyMap): boolean {
  return (
    object["kind"] === "CustomResourceDefinition" &&
    text(object["apiVersion"])?.startsWith("apiextensions.k8s.io/") === true
  );
}

// The typed SDK can't spell these keys of a definition's schema.
const DASHED: Readonly<Record<string, string>> = {
  x_kubernetes_embedded_resource: "x-kubernetes-embedded-resource",
  x_kubernetes_int_or_string: "x-kubernetes-int-or-string",
  x_kubernetes_list_map_keys: "x-kubernetes-list-map-keys",
  x_kubernetes_list_type: "x-kubernetes-list-type",
  x_kubernetes_map_type: "x-kubernetes-map-type",
  x_kubernetes_preserve_unknown_fields: "x-kubernetes-preserve-unknown-fields",
  x_kubernetes_validations: "x-kubernetes-validations",
};
const UNDERSCORED = Object.fromEntries(Object.entries(DASHED).map(([key, value]) => [value, key]));

/** Spells keys as the API server does. */
export function toServerKeys(value: Json): Json {
  return rename(value, DASHED);
}

/** Spells keys as the typed SDK does. */
export function toProgramKeys(value: Json): Json {
  return rename(value, UNDERSCORED);
}

function rename(value: Json, names: Readonly<Record<string, string>>): Json {
  if (Array.isArray(value)) return value.map((item) => rename(item, names));
  if (!isJsonMap(value)) return value;
  const out: JsonMap = {};
  for (const [key, item] of Object.entries(value)) if (item !== undefined) out[names[key] ?? key] = rename(item, names);
  return out;
}

/**
 * A Secret with its `stringData` as `data`: the API server only writes the one, keeps no manager for its fields, and so
 * neither refuses a conflict nor removes a key that is no longer applied (pulumi/pulumi-kubernetes, clients/unstructured.go:
 * normalizeSecret). Other objects as they are.
 */
export function withSecretData(object: PropertyMap): PropertyMap {
  const { stringData: given, ...rest } = object;
  const stringData = given === undefined ? undefined : reveal(given);
  if (object["kind"] !== "Secret" || object["apiVersion"] !== "v1" || !isMap(stringData)) return object;
  if (Object.keys(stringData).length === 0) return object;
  const encoded = Object.entries(stringData).map(([key, value]): [string, Value | undefined] => [
    key,
    typeof value === "string" ? Buffer.from(value, "utf8").toString("base64") : value,
  ]);
  const data = rest["data"] === undefined ? undefined : reveal(rest["data"]);
  return { ...rest, data: { ...(isMap(data) ? data : {}), ...Object.fromEntries(encoded) } };
}

function text(value: PropertyMap[string]): string | undefined {
  const plain = value === undefined ? undefined : reveal(value);
  return typeof plain === "string" && plain !== "" ? plain : undefined;
}
