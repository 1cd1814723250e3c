import { isJsonMap, type Json, type JsonMap, type PropertyMap, textOf } from "../support/values.ts";
import { GoogleApiError } from "./client.ts";
import { projectOf } from "./names.ts";
import type { GcpContext } from "./resource.ts";
import { SECRET_MANAGER, texts, wrapped } from "./resources/secret.ts";

/** A function of the plugin: reads, and changes nothing. */
export type GcpFunction = (context: GcpContext, args: PropertyMap) => Promise<PropertyMap>;

/** The functions by token. */
export const FUNCTIONS: Readonly<Record<string, GcpFunction>> = {
  "gcp:secretmanager/getSecrets:getSecrets": getSecrets,
  "gcp:secretmanager/getSecretVersionAccess:getSecretVersionAccess": getSecretVersionAccess,
  "gcp:secretmanager/getSecretVersion:getSecretVersion": getSecretVersion,
  "gcp:organizations/getProject:getProject": getProject,
};

/** google/services/secretmanager/data_source_secret_manager_secrets.go */
async function getSecrets(context: GcpContext, args: PropertyMap): Promise<PropertyMap> {
  const project = projectOf(args, context);
  const filter = textOf(args["filter"]);
  const secrets: PropertyMap[] = [];
  let pageToken = "";
  do {
    const query = { ...(filter === "" ? {} : { filter }), ...(pageToken === "" ? {} : { pageToken }) };
    const url = `${SECRET_MANAGER}/projects/${project}/secrets`;
    const page = await context.api.call("GET", url, { query, signal: context.signal });
    const found = Array.isArray(page["secrets"]) ? page["secrets"].filter(isJsonMap) : [];
    secrets.push(...found.map(listed));
    pageToken = textOf(page["nextPageToken"]);
  } while (pageToken !== "");
  const id = `projects/${project}/secrets${filter === "" ? "" : `/filter=${filter}`}`;
  return { ...(filter === "" ? {} : { filter }), id, project, secrets };
}

// In a data source, a block is a list, and so has a plural for its name.
function listed(secret: JsonMap): PropertyMap {
  const name = textOf(secret["name"]);
  const [, project = "", , secretId = ""] = name.split("/");
  const labels = texts(secret["labels"]);
  const annotations = texts(secret["annotations"]);
  const { replication, rotation } = secret;
  return {
    name,
    project,
    secretId,
    createTime: textOf(secret["createTime"]),
    expireTime: textOf(secret["expireTime"]),
    labels,
    effectiveLabels: labels,
    pulumiLabels: labels,
    annotations,
    effectiveAnnotations: annotations,
    versionAliases: texts(secret["versionAliases"]),
    versionDestroyTtl: textOf(secret["versionDestroyTtl"]),
    topics: secret["topics"] ?? [],
    rotations: isJsonMap(rotation)
      ? [{ nextRotationTime: textOf(rotation["nextRotationTime"]), rotationPeriod: textOf(rotation["rotationPeriod"]) }]
      : [],
    replications: isJsonMap(replication) ? [replicationBlocks(replication)] : [],
    tags: {},
    ttl: "",
    deletionProtection: false,
    deletionPolicy: "",
  };
}

function replicationBlocks({ automatic, userManaged }: JsonMap): PropertyMap {
  const encryption = (holder: JsonMap): PropertyMap => {
    const key = holder["customerManagedEncryption"];
    return { customerManagedEncryptions: isJsonMap(key) ? [{ kmsKeyName: textOf(key["kmsKeyName"]) }] : [] };
  };
  const replicas = isJsonMap(userManaged) && Array.isArray(userManaged["replicas"]) ? userManaged["replicas"] : [];
  return {
    autos: isJsonMap(automatic) ? [encryption(automatic)] : [],
    userManageds: isJsonMap(userManaged)
      ? [
          {
            replicas: replicas
              .filter(isJsonMap)
              .map((replica) => ({ location: textOf(replica["location"]), ...encryption(replica) })),
          },
        ]
      : [],
  };
}

/** google/services/secretmanager/data_source_secret_manager_secret_version_access.go */
async function getSecretVersionAccess(context: GcpContext, args: PropertyMap): Promise<PropertyMap> {
  const { project, secret } = secretOf(context, args);
  const url = `${SECRET_MANAGER}/projects/${project}/secrets/${secret}/versions/${textOf(args["version"], "latest")}`;
  const answer = await accessed(context, url);
  const name = textOf(answer["name"]);
  return {
    ...args,
    id: name,
    name,
    project,
    secret,
    version: versionOf(name),
    secretData: dataOf(answer["payload"], args),
  };
}

/** google/services/secretmanager/data_source_secret_manager_secret_version.go */
async function getSecretVersion(context: GcpContext, args: PropertyMap): Promise<PropertyMap> {
  const { project, secret } = secretOf(context, args);
  const url = `${SECRET_MANAGER}/projects/${project}/secrets/${secret}/versions/${textOf(args["version"], "latest")}`;
  let found: JsonMap;
  try {
    found = await context.api.call("GET", url, { signal: context.signal });
  } catch (error) {
    throw wrapped("error retrieving available secret manager secret versions", error);
  }
  const name = textOf(found["name"]);
  const answer = args["fetchSecretData"] === false ? undefined : await accessed(context, `${SECRET_MANAGER}/${name}`);
  return {
    ...args,
    id: name,
    name,
    project,
    secret,
    version: versionOf(name),
    enabled: found["state"] === "ENABLED",
    createTime: textOf(found["createTime"]),
    destroyTime: textOf(found["destroyTime"]),
    secretData: answer === undefined ? "" : dataOf(answer["payload"], args),
  };
}

async function accessed(context: GcpContext, url: string): Promise<JsonMap> {
  try {
    return await context.api.call("GET", `${url}:access`, { signal: context.signal });
  } catch (error) {
    throw wrapped("Error retrieving available secret manager secret version access", error);
  }
}

/** google/services/resourcemanager/data_source_google_project.go, resource_google_project.go: the account that pays is asked for too. */
async function getProject(context: GcpContext, args: PropertyMap): Promise<PropertyMap> {
  const projectId = textOf(args["projectId"], context.project ?? "");
  if (projectId === "") {
    throw new Error(
      "no project value set. `project_id` must be set at the resource level, or a default `project` value must be specified on the provider",
    );
  }
  const id = `projects/${projectId}`;
  const { signal } = context;
  let found: JsonMap;
  try {
    found = await context.api.call("GET", `https://cloudresourcemanager.googleapis.com/v1/${id}`, { signal });
  } catch (error) {
    // Google answers 403 for what is not there.
    const hidden = error instanceof GoogleApiError && (error.status === 403 || error.status === 404);
    throw hidden ? new Error(`${id} not found or not in ACTIVE state`, { cause: error }) : error;
  }
  const billing = await context.api.call("GET", `https://cloudbilling.googleapis.com/v1/${id}/billingInfo`, { signal });
  const labels = texts(found["labels"]);
  const { parent } = found;
  const parentOf = (type: string): string => (isJsonMap(parent) && parent["type"] === type ? textOf(parent["id"]) : "");
  return {
    id,
    projectId: textOf(found["projectId"]),
    number: textOf(found["projectNumber"]),
    name: textOf(found["name"]),
    orgId: parentOf("organization"),
    folderId: parentOf("folder"),
    billingAccount: textOf(billing["billingAccountName"]).replace("billingAccounts/", ""),
    labels,
    effectiveLabels: labels,
    pulumiLabels: labels,
    tags: {},
    autoCreateNetwork: true,
    deletionPolicy: "PREVENT",
  };
}

function secretOf(context: GcpContext, args: PropertyMap): { project: string; secret: string } {
  const given = textOf(args["secret"]);
  const [, project, secret] = /^projects\/([^/]+)\/secrets\/([^/]+)$/.exec(given) ?? [];
  if (project === undefined || secret === undefined) return { project: projectOf(args, context), secret: given };
  const own = textOf(args["project"]);
  if (own !== "" && own !== project) {
    throw new Error(
      `The project set on this secret version (${own}) is not equal to the project where this secret exists (${project}).`,
    );
  }
  return { project, secret };
}

function versionOf(name: string): string {
  return name.split("/").at(-1) ?? "";
}

function dataOf(payload: Json | undefined, args: PropertyMap): string {
  const data = isJsonMap(payload) ? textOf(payload["data"]) : "";
  return args["isSecretDataBase64"] === true ? data : Buffer.from(data, "base64").toString("utf8");
}
