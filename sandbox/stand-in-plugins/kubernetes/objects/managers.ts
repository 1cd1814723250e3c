import { isJsonMap, type Json, type JsonMap, textOf } from "../../support/values.ts";
import { jsonMetadata } from "../manifest.ts";

// Who may have written an object besides its resource, by the beginning of the name: `kubectl` is also `kubectl-edit`, and
// `pulumi-kubernetes` the creation by POST (pulumi/pulumi-kubernetes, await.go: fixCSAFieldManagers; the prefixes are
// fluxcd/pkg's ssa.PatchReplaceFieldsManagers). A change by any other hand is a conflict.
const FORMER = [
  ["kubectl", "Apply"],
  ["kubectl", "Update"],
  ["before-first-apply", "Update"],
  ["pulumi-kubernetes", "Update"],
  ["pulumi-resource-kubernetes", "Update"],
] as const;

/** Whether the object's own resource made it without server-side apply (pulumi/pulumi-kubernetes, await.go: patchForce). */
export function isCreatedByPost(live: JsonMap): boolean {
  const makers: readonly Json[] = ["pulumi-resource-kubernetes", "pulumi-kubernetes", "pulumi-kubernetes.exe"];
  return managedFieldsOf(live).some(
    ({ manager, operation }) => operation === "Update" && makers.includes(manager ?? null),
  );
}

function managedFieldsOf(live: JsonMap): readonly JsonMap[] {
  const { managedFields } = jsonMetadata(live);
  return Array.isArray(managedFields) ? managedFields.filter(isJsonMap) : [];
}

/**
 * Moves the fields of former managers to the manager that applies from now on: otherwise a field taken out of the program
 * would stay, because the creation still owns it. `undefined` when there is nothing to move.
 */
export function adoptFields(live: JsonMap, manager: string): Json | undefined {
  const metadata = jsonMetadata(live);
  const entries = managedFieldsOf(live);
  const isFormer = (entry: JsonMap): boolean =>
    entry["subresource"] === undefined &&
    FORMER.some(([name, operation]) => textOf(entry["manager"]).startsWith(name) && entry["operation"] === operation);
  const former = entries.filter(isFormer);
  if (former.length === 0) return undefined;

  const rest = entries.filter((entry) => !isFormer(entry));
  const own = rest.find((entry) => entry["manager"] === manager && entry["operation"] === "Apply");
  const base = own ?? { ...former[0], manager, operation: "Apply" };
  const fieldsV1 = [...former, base].map(({ fieldsV1: fields }) => fields).reduce(mergeFields, {}) ?? {};
  const merged = [...rest.filter((entry) => entry !== own), { ...base, fieldsV1 }];
  return [
    { op: "replace", path: "/metadata/managedFields", value: merged },
    { op: "replace", path: "/metadata/resourceVersion", value: metadata["resourceVersion"] ?? "" },
  ];
}

// Sets of fields are nested objects with empty leaves: their union is the merge.
function mergeFields(left: Json | undefined, right: Json | undefined): Json | undefined {
  if (!isJsonMap(left)) return right;
  if (!isJsonMap(right)) return left;
  const out: JsonMap = { ...left };
  for (const [key, value] of Object.entries(right)) out[key] = mergeFields(out[key], value);
  return out;
}
