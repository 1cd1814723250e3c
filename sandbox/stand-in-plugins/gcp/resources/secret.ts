import { equalNullish } from "../../support/nullish.ts";
import type { DiffKind, DiffResult } from "../../support/provider.ts";
import {
  containsUnknown,
  isMap,
  type JsonMap,
  type PropertyMap,
  textOf,
  toJson,
  toJsonMap,
  UNKNOWN,
  type Value,
} from "../../support/values.ts";
import { isNotFound } from "../client.ts";
import { projectOf } from "../names.ts";
import { replicationInput, replicationState, samePlaces } from "./replication.ts";
import type { Change, GcpContext, GcpResource } from "../resource.ts";

/** Where Secret Manager answers. */
export const SECRET_MANAGER = "https://secretmanager.googleapis.com/v1";

/**
 * A secret, without its values (hashicorp/terraform-provider-google, google/services/secretmanager/resource_secret_manager_secret.go,
 * and mmv1/products/secretmanager/Secret.yaml in GoogleCloudPlatform/magic-modules, which it is generated from).
 *
 * Labels and annotations are those of the program: what others added stays, and shows in `effectiveLabels` only.
 */
export const secretResource: GcpResource = {
  fields: {
    secretId: { forceNew: true },
    project: { forceNew: true, computed: true },
    replication: {},
    labels: {},
    annotations: {},
    topics: {},
    rotation: {},
    versionAliases: {},
    versionDestroyTtl: { same: equalNullish },
    deletionProtection: { fallback: false },
    deletionPolicy: { fallback: "DELETE" },
  },
  required: ["replication"],
  computed: ["name", "createTime", "effectiveLabels", "effectiveAnnotations", "pulumiLabels", "expireTime"],
  secretOutputs: ["effectiveLabels", "pulumiLabels"],
  autoname: "secretId",
  validate: ({ replication, rotation, topics, deletionPolicy }) => [
    ...(isMap(replication) && (replication["auto"] === undefined) === (replication["userManaged"] === undefined)
      ? [{ property: "replication", reason: "exactly one of `auto` and `userManaged` must be set" }]
      : []),
    ...(rotation !== undefined && topics === undefined
      ? [{ property: "rotation", reason: "`rotation` needs `topics`" }]
      : []),
    ...(["DELETE", "ABANDON", "PREVENT", undefined].includes(deletionPolicy as string | undefined)
      ? []
      : [{ property: "deletionPolicy", reason: "deletionPolicy must be DELETE, ABANDON or PREVENT" }]),
  ],
  planned: (inputs, { labels }) => {
    const own = inputs["labels"];
    if (containsUnknown(own)) return { pulumiLabels: UNKNOWN };
    return { pulumiLabels: { ...labels, ...(isMap(own) ? own : {}) } };
  },
  refine,
  create,
  update,
  read,
  remove,
};

// Locations can't change; the keys of what lies there can (`immutable` in Secret.yaml: all but customerManagedEncryption).
function refine(diff: DiffResult, state: PropertyMap, inputs: PropertyMap): DiffResult {
  if (samePlaces(state["replication"], inputs["replication"])) return diff;
  const detailed = Object.entries(diff.detailed).map(([path, { kind, ...rest }]) => {
    const replaced = path.startsWith("replication") && !kind.endsWith("-replace");
    return [path, { ...rest, kind: (replaced ? `${kind}-replace` : kind) as DiffKind }] as const;
  });
  return { ...diff, detailed: Object.fromEntries(detailed) };
}

async function create(context: GcpContext, inputs: PropertyMap): Promise<string> {
  const project = projectOf(inputs, context);
  const secretId = textOf(inputs["secretId"]);
  const body = {
    replication: replicationInput(inputs["replication"]),
    ...bodyOf(inputs, texts(inputs["pulumiLabels"]), texts(inputs["annotations"])),
  };
  try {
    await context.api.call("POST", `${SECRET_MANAGER}/projects/${project}/secrets`, {
      query: { secretId },
      body,
      signal: context.signal,
    });
  } catch (error) {
    throw wrapped("Error creating Secret", error);
  }
  return `projects/${project}/secrets/${secretId}`;
}

async function update(context: GcpContext, id: string, { inputs, state, of }: Change): Promise<void> {
  // Other people's labels stay: from what was there, only what was ours goes.
  const labels = {
    ...without(texts(state["effectiveLabels"]), texts(state["pulumiLabels"])),
    ...texts(inputs["pulumiLabels"]),
  };
  const annotations = {
    ...without(texts(state["effectiveAnnotations"]), texts(state["annotations"])),
    ...texts(inputs["annotations"]),
  };
  const changed = [
    "labels",
    "annotations",
    "topics",
    "rotation",
    "versionAliases",
    "versionDestroyTtl",
    "replication",
  ].filter(of);
  // Deletion is the plugin's own business: Google is not told.
  if (changed.length === 0) return;
  const replication = changed.includes("replication") ? { replication: replicationInput(inputs["replication"]) } : {};
  try {
    await context.api.call("PATCH", `${SECRET_MANAGER}/${id}`, {
      query: { updateMask: changed.join(",") },
      body: { ...bodyOf(inputs, labels, annotations), ...replication },
      signal: context.signal,
    });
  } catch (error) {
    throw wrapped(`Error updating Secret "${id}"`, error);
  }
}

async function read(context: GcpContext, id: string, known: PropertyMap): Promise<PropertyMap | undefined> {
  const [, project, secretId] = /^projects\/([^/]+)\/secrets\/([^/]+)$/.exec(id) ?? [];
  if (project === undefined || secretId === undefined) {
    throw new Error(`Import id "${id}" doesn't match the accepted format projects/{{project}}/secrets/{{secret_id}}`);
  }
  const found = await context.api.find(`${SECRET_MANAGER}/${id}`, { signal: context.signal });
  if (found === undefined) return undefined;
  const labels = texts(found["labels"]);
  const annotations = texts(found["annotations"]);
  return {
    project,
    secretId,
    name: textOf(found["name"]),
    createTime: textOf(found["createTime"]),
    expireTime: textOf(found["expireTime"]),
    replication: replicationState(found["replication"]),
    labels: only(labels, texts(known["labels"])),
    pulumiLabels: only(labels, texts(known["pulumiLabels"])),
    effectiveLabels: labels,
    annotations: only(annotations, texts(known["annotations"])),
    effectiveAnnotations: annotations,
    topics: (found["topics"] ?? []) as Value,
    rotation: found["rotation"] as Value | undefined,
    versionAliases: texts(found["versionAliases"]),
    versionDestroyTtl: textOf(found["versionDestroyTtl"]),
  };
}

async function remove(context: GcpContext, id: string, state: PropertyMap): Promise<void> {
  if (state["deletionProtection"] === true) {
    throw new Error(`cannot destroy secret without setting deletion_protection=false and running \`pulumi up\`: ${id}`);
  }
  if (state["deletionPolicy"] === "PREVENT") {
    throw new Error(`cannot destroy secret without setting deletion_policy="DELETE" and running \`pulumi up\`: ${id}`);
  }
  if (state["deletionPolicy"] === "ABANDON") return;
  await gone(context.api.call("DELETE", `${SECRET_MANAGER}/${id}`, { signal: context.signal }));
}

/** Waits for a deletion; what is gone already is deleted. */
export async function gone(deletion: Promise<unknown>): Promise<void> {
  try {
    await deletion;
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}

/** The error with what was being done before it, as the provider words it. */
export function wrapped(what: string, error: unknown): Error {
  return new Error(`${what}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
}

/** A map of texts; empty for anything else. */
export function texts(value: unknown): Record<string, string> {
  if (typeof value !== "object" || value === null) return {};
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, textOf(item)]));
}

function bodyOf(inputs: PropertyMap, labels: Record<string, string>, annotations: Record<string, string>): JsonMap {
  const { topics, rotation, versionAliases, versionDestroyTtl } = inputs;
  return {
    labels,
    annotations,
    versionAliases: texts(versionAliases),
    topics: toJson(topics ?? []),
    ...(isMap(rotation) ? { rotation: toJsonMap(rotation) } : {}),
    ...(textOf(versionDestroyTtl) === "" ? {} : { versionDestroyTtl: textOf(versionDestroyTtl) }),
  };
}

function only(all: Record<string, string>, names: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(all).filter(([name]) => name in names));
}

function without(all: Record<string, string>, names: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(all).filter(([name]) => !(name in names)));
}
