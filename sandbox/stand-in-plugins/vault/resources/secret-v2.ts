import { isMap, type JsonMap, type PropertyMap, reveal, toJson, type Value, textOf } from "../../support/values.ts";
import type { CheckFailure } from "../../support/provider.ts";
import type { VaultClient } from "../client.ts";
import type { CallContext, VaultResource } from "../resource.ts";
import { goDurationSeconds, goJson, stringMap } from "../strings.ts";

/**
 * One object in a KV version 2 engine (hashicorp/terraform-provider-vault, vault/resource_kv_secret_v2.go).
 *
 * - Every update writes the data anew, so every update makes a version, even one that changes custom metadata only.
 * - A write-only value (`dataJsonWo`) is in the state neither as it was sent nor as it was read: `data` is empty then.
 * - Reading fills `data` and `metadata`, never `dataJson`: a value changed by hand in Vault is not noticed by refresh,
 *   preview or up (issue 2534 there, open; measured on the official plugin 7.8).
 */
export const secretV2: VaultResource = {
  fields: {
    mount: { forceNew: true },
    name: { forceNew: true },
    dataJson: { same: sameOptionalJson },
    dataJsonWo: {},
    dataJsonWoVersion: {},
    cas: {},
    options: {},
    disableRead: { fallback: false },
    deleteAllVersions: { fallback: false },
    customMetadata: { computed: true, same: sameMetadata },
  },
  required: ["mount"],
  computed: ["path", "metadata", "data"],
  secretOutputs: ["data", "dataJson"],
  writeOnly: ["dataJsonWo"],
  autoname: "name",
  validate,
  write,
  read,
  remove: async (client, _id, context, state) => {
    const base = state["deleteAllVersions"] === true ? "metadata" : "data";
    await client.delete(pathOf(state, base), context);
  },
};

/** The path of an object below one of the engine's prefixes. */
export function pathOf(properties: PropertyMap, prefix: "data" | "metadata" | "subkeys"): string {
  return `${text(properties["mount"])}/${prefix}/${text(properties["name"] ?? "")}`;
}

function validate({ dataJson, dataJsonWo, dataJsonWoVersion }: PropertyMap): readonly CheckFailure[] {
  const [property, value] = dataJsonWo === undefined ? ["dataJson", dataJson] : ["dataJsonWo", dataJsonWo];
  if (dataJson !== undefined && dataJsonWo !== undefined)
    return [{ property, reason: "exactly one of dataJson and dataJsonWo must be set" }];
  if (dataJsonWo !== undefined && dataJsonWoVersion === undefined)
    return [{ property, reason: "dataJsonWo needs dataJsonWoVersion: a change of it is how Vault gets the new value" }];
  return parseObject(value) === undefined ? [{ property, reason: `${property} must be a JSON object` }] : [];
}

async function write(client: VaultClient, inputs: PropertyMap, context: CallContext): Promise<string> {
  const path = pathOf(inputs, "data");
  const data = parseObject(inputs["dataJsonWo"] ?? inputs["dataJson"]);
  if (data === undefined) throw new Error("dataJson must be a JSON object");
  const { cas, options } = inputs;
  await client.writeVersioned(
    path,
    {
      data,
      ...(cas === undefined ? {} : { cas: toJson(cas) }),
      ...(options === undefined ? {} : { options: toJson(options) }),
    },
    context,
  );
  const metadata = inputs["customMetadata"];
  if (isMap(metadata)) await client.write(pathOf(inputs, "metadata"), metadataRequest(metadata), context);
  return path;
}

async function read(
  client: VaultClient,
  id: string,
  context: CallContext,
  known: PropertyMap,
): Promise<PropertyMap | undefined> {
  const [, mount, name] = /^(.+?)\/data\/(.+)$/.exec(id) ?? [];
  if (mount === undefined || name === undefined)
    throw new Error(`unable to read mount from ID ${id}, err=no mount found`);
  const where = { path: id, mount, name };
  if (known["disableRead"] === true) return where;

  const answer = await client.read(id, context);
  const data = answer?.["data"];
  // A version that was deleted by hand leaves its metadata behind; the value is gone all the same.
  if (answer === undefined || data === null || typeof data !== "object" || Array.isArray(data)) return undefined;
  const metadata = answer["metadata"];
  const writeOnly = known["dataJsonWo"] !== undefined || known["dataJsonWoVersion"] !== undefined;
  const found: PropertyMap = { ...where, data: writeOnly ? {} : stringMap(data) };
  // An import has no program to ask: only then does the value come from Vault.
  if (known["dataJson"] === undefined && !writeOnly) found["dataJson"] = goJson(data);
  if (metadata === undefined || metadata === null || typeof metadata !== "object" || Array.isArray(metadata))
    return found;
  found["metadata"] = stringMap(metadata);
  if ("custom_metadata" in metadata) {
    const custom = await client.read(pathOf(where, "metadata"), context);
    if (custom !== undefined) found["customMetadata"] = metadataState(custom);
  }
  return found;
}

// Terraform's GetOk: what is zero is not sent.
function metadataRequest(metadata: PropertyMap): JsonMap {
  const { maxVersions, casRequired, deleteVersionAfter, data } = metadata;
  return {
    ...(Number(maxVersions ?? 0) > 0 ? { max_versions: Number(maxVersions) } : {}),
    ...(casRequired === true ? { cas_required: true } : {}),
    ...(Number(deleteVersionAfter ?? 0) > 0 ? { delete_version_after: Number(deleteVersionAfter) } : {}),
    ...(isMap(data) && Object.keys(data).length > 0 ? { custom_metadata: toJson(data) } : {}),
  };
}

function metadataState(answer: JsonMap): PropertyMap {
  const data = answer["custom_metadata"];
  return {
    maxVersions: Number(answer["max_versions"] ?? 0),
    casRequired: answer["cas_required"] === true,
    deleteVersionAfter: goDurationSeconds(textOf(answer["delete_version_after"], "0s")),
    ...(data === null || typeof data !== "object" || Array.isArray(data) ? {} : { data: stringMap(data) }),
  };
}

function sameMetadata(old: Value | undefined, next: Value | undefined): boolean {
  const normal = (value: Value | undefined): string => {
    const plain = value === undefined ? {} : reveal(value);
    return goJson(isMap(plain) ? metadataRequest(plain) : {});
  };
  return normal(old) === normal(next);
}

// Left out where the value is write-only: a change to that, or back, is one.
function sameOptionalJson(old: Value | undefined, next: Value | undefined): boolean {
  return old === undefined && next === undefined ? true : sameJson(old, next);
}

function sameJson(old: Value | undefined, next: Value | undefined): boolean {
  const left = parseObject(old);
  const right = parseObject(next);
  if (left === undefined || right === undefined) return false;
  return goJson(left) === goJson(right);
}

function parseObject(value: Value | undefined): JsonMap | undefined {
  const json = value === undefined ? null : reveal(value);
  if (typeof json !== "string") return undefined;
  try {
    const parsed = JSON.parse(json) as unknown;
    return typeof parsed === "object" && parsed !== null && !Array.isArray(parsed) ? (parsed as JsonMap) : undefined;
  } catch {
    return undefined;
  }
}

function text(value: Value | undefined): string {
  return typeof value === "string" ? value : "";
}
