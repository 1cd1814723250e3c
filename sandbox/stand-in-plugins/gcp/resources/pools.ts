import { setTimeout as sleep } from "node:timers/promises";
import {
  isJsonMap,
  isMap,
  type JsonMap,
  type PropertyMap,
  reveal,
  textOf,
  toJson,
  type Value,
} from "../../support/values.ts";
import { projectOf } from "../names.ts";
import type { GcpContext, GcpResource } from "../resource.ts";
import { gone, texts, wrapped } from "./secret.ts";

const IAM = "https://iam.googleapis.com/v1";
const POLL_MS = 200;
const PLAIN = { displayName: "", description: "", disabled: false } as const;
const described = {
  displayName: { fallback: "" },
  description: { fallback: "" },
  disabled: { fallback: false },
  deletionPolicy: { fallback: "DELETE" },
  project: { forceNew: true, computed: true },
} as const;

/**
 * A workload identity pool (google/services/iambeta/resource_iam_workload_identity_pool.go). Deleting keeps its id for thirty
 * days; the provider takes a deleted one for gone, and creating it anew fails with "Requested entity already exists".
 */
export const pool: GcpResource = {
  fields: { workloadIdentityPoolId: { forceNew: true }, ...described },
  required: ["workloadIdentityPoolId"],
  computed: ["name", "state"],
  secretOutputs: [],
  validate: (inputs) => idFailure("workloadIdentityPoolId", inputs),
  create: (context, inputs) => {
    const collection = `projects/${projectOf(inputs, context)}/locations/global/workloadIdentityPools`;
    const id = textOf(inputs["workloadIdentityPoolId"]);
    return create(context, "WorkloadIdentityPool", {
      collection,
      id,
      parameter: "workloadIdentityPoolId",
      body: plainBody(inputs),
    });
  },
  update: async (context, id, { inputs, of }) => {
    const mask = Object.keys(PLAIN).filter(of);
    await patch(context, id, mask, plainBody(inputs));
  },
  read: async (context, id) => {
    const [, project = "", workloadIdentityPoolId = ""] =
      /^projects\/([^/]+)\/locations\/global\/workloadIdentityPools\/([^/]+)$/.exec(id) ?? [];
    const found = await readOne(context, id);
    return found === undefined ? undefined : { ...plainState(found), project, workloadIdentityPoolId };
  },
  remove,
};

/** A provider of a pool, for OIDC (google/services/iambeta/resource_iam_workload_identity_pool_provider.go). */
export const poolProvider: GcpResource = {
  fields: {
    workloadIdentityPoolId: { forceNew: true },
    workloadIdentityPoolProviderId: { forceNew: true },
    attributeMapping: {},
    attributeCondition: { fallback: "" },
    oidc: { same: sameOidc },
    ...described,
  },
  // Other kinds of providers are the official plugin's.
  required: ["workloadIdentityPoolId", "workloadIdentityPoolProviderId", "oidc"],
  computed: ["name", "state"],
  secretOutputs: [],
  validate: (inputs) => [
    ...idFailure("workloadIdentityPoolProviderId", inputs),
    ...(isMap(inputs["oidc"]) && textOf(inputs["oidc"]["issuerUri"]) === ""
      ? [{ property: "oidc.issuerUri", reason: "missing required property 'issuerUri'" }]
      : []),
  ],
  create: (context, inputs) => {
    const poolId = textOf(inputs["workloadIdentityPoolId"]);
    const collection = `projects/${projectOf(inputs, context)}/locations/global/workloadIdentityPools/${poolId}/providers`;
    const id = textOf(inputs["workloadIdentityPoolProviderId"]);
    const parameter = "workloadIdentityPoolProviderId";
    return create(context, "WorkloadIdentityPoolProvider", { collection, id, parameter, body: providerBody(inputs) });
  },
  update: async (context, id, { inputs, of }) => {
    const mask = [...Object.keys(PLAIN), "attributeMapping", "attributeCondition"].filter(of);
    const oidc = of("oidc") ? ["oidc.allowed_audiences", "oidc.issuer_uri", "oidc.jwks_json"] : [];
    await patch(context, id, [...mask, ...oidc], providerBody(inputs));
  },
  read: async (context, id) => {
    const [, project = "", workloadIdentityPoolId = "", workloadIdentityPoolProviderId = ""] =
      /^projects\/([^/]+)\/locations\/global\/workloadIdentityPools\/([^/]+)\/providers\/([^/]+)$/.exec(id) ?? [];
    const found = await readOne(context, id);
    if (found === undefined) return undefined;
    return {
      ...plainState(found),
      project,
      workloadIdentityPoolId,
      workloadIdentityPoolProviderId,
      attributeMapping: texts(found["attributeMapping"]),
      attributeCondition: textOf(found["attributeCondition"]),
      oidc: isJsonMap(found["oidc"]) ? found["oidc"] : {},
    };
  },
  remove,
};

async function create(
  context: GcpContext,
  kind: string,
  { collection, id, parameter, body }: { collection: string; id: string; parameter: string; body: JsonMap },
): Promise<string> {
  try {
    const query = { [parameter]: id };
    const operation = await context.api.call("POST", `${IAM}/${collection}`, { query, body, signal: context.signal });
    await finished(context, operation);
  } catch (error) {
    throw wrapped(`Error creating ${kind}`, error);
  }
  return `${collection}/${id}`;
}

async function patch(context: GcpContext, id: string, mask: readonly string[], body: JsonMap): Promise<void> {
  if (mask.length === 0) return;
  const query = { updateMask: mask.join(",") };
  await finished(context, await context.api.call("PATCH", `${IAM}/${id}`, { query, body, signal: context.signal }));
}

async function remove(context: GcpContext, id: string, state: PropertyMap): Promise<void> {
  if (state["deletionPolicy"] === "PREVENT") {
    throw new Error(`cannot destroy without setting deletion_policy="DELETE" and running \`pulumi up\`: ${id}`);
  }
  if (state["deletionPolicy"] === "ABANDON") return;
  await gone(
    context.api
      .call("DELETE", `${IAM}/${id}`, { signal: context.signal })
      .then((operation) => finished(context, operation)),
  );
}

// google/services/iambeta/iam_beta_operation.go
async function finished(context: GcpContext, operation: JsonMap): Promise<void> {
  let current = operation;
  while (current["done"] !== true) {
    current = await context.api.call("GET", `${IAM}/${textOf(operation["name"])}`, { signal: context.signal });
    if (current["done"] !== true) await sleep(POLL_MS, undefined, { signal: context.signal });
  }
  const { error } = current;
  if (isJsonMap(error)) throw new Error(`Error code ${textOf(error["code"])}, message: ${textOf(error["message"])}`);
}

async function readOne(context: GcpContext, id: string): Promise<JsonMap | undefined> {
  const found = await context.api.find(`${IAM}/${id}`, { signal: context.signal });
  return found?.["state"] === "DELETED" ? undefined : found;
}

function plainBody({ displayName, description, disabled }: PropertyMap): JsonMap {
  return { displayName: textOf(displayName), description: textOf(description), disabled: disabled === true };
}

function providerBody(inputs: PropertyMap): JsonMap {
  return {
    ...plainBody(inputs),
    attributeMapping: texts(inputs["attributeMapping"]),
    attributeCondition: textOf(inputs["attributeCondition"]),
    oidc: toJson(inputs["oidc"] ?? {}),
  };
}

function plainState(found: JsonMap): PropertyMap {
  return {
    name: textOf(found["name"]),
    state: textOf(found["state"]),
    displayName: textOf(found["displayName"]),
    description: textOf(found["description"]),
    disabled: found["disabled"] === true,
  };
}

// Two spellings of the same keys are no change (jwksJsonDiffSuppressFunc), nor is an empty list of audiences.
function sameOidc(old: Value | undefined, next: Value | undefined): boolean {
  const normal = (value: Value | undefined): string => {
    const plain = value === undefined ? null : reveal(value);
    const { issuerUri, allowedAudiences, jwksJson } = isMap(plain) ? plain : {};
    return JSON.stringify([
      textOf(issuerUri),
      Array.isArray(allowedAudiences) ? allowedAudiences : [],
      canonical(textOf(jwksJson)),
    ]);
  };
  return normal(old) === normal(next);
}

function canonical(json: string): unknown {
  try {
    return JSON.parse(json, (_key, value: unknown) =>
      typeof value === "object" && value !== null && !Array.isArray(value)
        ? Object.fromEntries(Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1)))
        : value,
    ) as unknown;
  } catch {
    return json;
  }
}

function idFailure(property: string, inputs: PropertyMap): { property: string; reason: string }[] {
  const id = textOf(inputs[property]);
  if (/^[0-9a-z-]{4,32}$/.test(id) && !id.startsWith("gcp-")) return [];
  return [{ property, reason: `${property} must have 4 to 32 of a-z, 0-9 and -, and not start with gcp-: ${id}` }];
}
