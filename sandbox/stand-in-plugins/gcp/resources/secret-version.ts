import { type PropertyMap, textOf } from "../../support/values.ts";
import { isNotFound } from "../client.ts";
import { sameResource } from "../names.ts";
import type { GcpContext, GcpResource } from "../resource.ts";
import { gone, SECRET_MANAGER, wrapped } from "./secret.ts";

const POLICIES = ["DELETE", "DISABLE", "ABANDON", "PREVENT"];

/**
 * One version of a secret (hashicorp/terraform-provider-google,
 * google/services/secretmanager/resource_secret_manager_secret_version.go; SecretVersion.yaml in magic-modules).
 *
 * - Another value is another version: `secretData` replaces, and what goes is destroyed, disabled or left by `deletionPolicy`.
 * - A version that was destroyed by hand is gone; one that was disabled shows as `enabled: false`.
 * - A create enables what it made, although it is: `addVersion`, `enable`, then the reads.
 */
export const secretVersion: GcpResource = {
  fields: {
    secret: { forceNew: true, same: sameResource },
    secretData: { forceNew: true },
    // Never kept, so never compared: its counter says when it changed.
    secretDataWo: { same: () => true },
    secretDataWoVersion: { forceNew: true, fallback: 0 },
    isSecretDataBase64: { forceNew: true, fallback: false },
    enabled: { fallback: true },
    deletionPolicy: { fallback: "DELETE" },
    project: { forceNew: true, computed: true },
  },
  required: ["secret"],
  computed: ["name", "version", "createTime", "destroyTime"],
  secretOutputs: ["secretData"],
  writeOnly: ["secretDataWo"],
  validate: ({ secretData, secretDataWo, deletionPolicy }) => [
    ...((secretData === undefined) === (secretDataWo === undefined)
      ? [{ property: "secretData", reason: "exactly one of `secretData` and `secretDataWo` must be set" }]
      : []),
    ...(deletionPolicy === undefined || POLICIES.includes(textOf(deletionPolicy))
      ? []
      : [{ property: "deletionPolicy", reason: `deletionPolicy must be one of ${POLICIES.join(", ")}` }]),
  ],
  create,
  update: async (context, id, { inputs, of }) => {
    if (of("enabled")) await setState(context, id, inputs["enabled"] !== false);
  },
  read,
  remove: async (context, id, { deletionPolicy }) => {
    if (deletionPolicy === "PREVENT") {
      throw new Error(
        `cannot destroy secret version without setting deletion_policy="DELETE" and running \`pulumi up\`: ${id}`,
      );
    }
    if (deletionPolicy === "ABANDON") return;
    const verb = deletionPolicy === "DISABLE" ? "disable" : "destroy";
    await gone(context.api.call("POST", `${SECRET_MANAGER}/${id}:${verb}`, { body: {}, signal: context.signal }));
  },
};

async function create(context: GcpContext, inputs: PropertyMap): Promise<string> {
  const text = textOf(inputs["secretData"], textOf(inputs["secretDataWo"]));
  const data = inputs["isSecretDataBase64"] === true ? text : Buffer.from(text, "utf8").toString("base64");
  let name: string;
  try {
    const url = `${SECRET_MANAGER}/${textOf(inputs["secret"])}:addVersion`;
    const added = await context.api.call("POST", url, { body: { payload: { data } }, signal: context.signal });
    name = textOf(added["name"]);
  } catch (error) {
    throw wrapped("Error creating SecretVersion", error);
  }
  await setState(context, name, inputs["enabled"] !== false);
  return name;
}

async function setState(context: GcpContext, name: string, enabled: boolean): Promise<void> {
  const url = `${SECRET_MANAGER}/${name}:${enabled ? "enable" : "disable"}`;
  await context.api.call("POST", url, { body: {}, signal: context.signal });
}

async function read(context: GcpContext, id: string, known: PropertyMap): Promise<PropertyMap | undefined> {
  const [, secret, version] = /^(projects\/[^/]+\/secrets\/[^/]+)\/versions\/([^/]+)$/.exec(id) ?? [];
  if (secret === undefined || version === undefined) {
    throw new Error(
      `Version name "${id}" does not fit the format projects/{{project}}/secrets/{{secret}}/versions/{{version}}`,
    );
  }
  const found = await context.api.find(`${SECRET_MANAGER}/${id}`, { signal: context.signal });
  if (found === undefined || found["state"] === "DESTROYED") return undefined;
  const enabled = found["state"] === "ENABLED";
  const imported = known["secret"] === undefined;
  return {
    name: textOf(found["name"]),
    version,
    enabled,
    createTime: textOf(found["createTime"]),
    destroyTime: textOf(found["destroyTime"]),
    ...(imported ? { secret } : {}),
    // A disabled version can't be read; of a write-only value nothing is to be known.
    ...(enabled && (imported || textOf(known["secretData"]) !== "")
      ? { secretData: await payload(context, id, known) }
      : {}),
  };
}

async function payload(context: GcpContext, id: string, known: PropertyMap): Promise<string> {
  try {
    const { payload: found } = await context.api.call("GET", `${SECRET_MANAGER}/${id}:access`, {
      signal: context.signal,
    });
    const data = textOf((found as { data?: string } | undefined)?.data);
    return known["isSecretDataBase64"] === true ? data : Buffer.from(data, "base64").toString("utf8");
  } catch (error) {
    if (isNotFound(error)) return textOf(known["secretData"]);
    throw wrapped("Error reading SecretVersion", error);
  }
}
