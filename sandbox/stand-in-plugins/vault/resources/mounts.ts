import { NotInStandIn } from "../../support/errors.ts";
import type { Field } from "../../support/diff.ts";
import { isJsonMap, type PropertyMap, toJson, textOf } from "../../support/values.ts";
import type { VaultResource } from "../resource.ts";
import { requestOf, stateOf } from "../tokens.ts";

const MOUNT_FIELDS: Readonly<Record<string, Field>> = {
  description: {},
  options: { computed: true },
  local: { fallback: false, forceNew: true },
  sealWrap: { computed: true, forceNew: true },
  defaultLeaseTtlSeconds: { computed: true },
  maxLeaseTtlSeconds: { computed: true },
};

/**
 * A secrets engine (hashicorp/terraform-provider-vault, vault/resource_mount.go); its id is its path. Another path moves the
 * engine with what it holds, which needs another id.
 */
export const mount: VaultResource = {
  fields: { path: {}, type: { forceNew: true }, ...MOUNT_FIELDS },
  required: ["path", "type"],
  computed: ["accessor", "defaultLeaseTtlSeconds", "maxLeaseTtlSeconds", "options", "sealWrap"],
  secretOutputs: [],
  write: async (client, inputs, context, previous) => {
    const path = textOf(inputs["path"]).replace(/\/+$/, "");
    const { defaultLeaseTtlSeconds: fallback, maxLeaseTtlSeconds: most, description, options } = inputs;
    const leases = {
      ...(fallback === undefined ? {} : { default_lease_ttl: `${Number(fallback)}s` }),
      ...(most === undefined ? {} : { max_lease_ttl: `${Number(most)}s` }),
    };
    const optionsBody = options === undefined ? {} : { options: toJson(options) };
    if (previous === undefined) {
      await client.write(
        `sys/mounts/${path}`,
        {
          type: textOf(inputs["type"]),
          description: textOf(description),
          local: inputs["local"] === true,
          seal_wrap: inputs["sealWrap"] === true,
          config: leases,
          ...optionsBody,
        },
        context,
      );
    } else {
      if (textOf(previous["path"]) !== path) throw new NotInStandIn("vault", "Moving a secrets engine to another path");
      const text = { description: textOf(description) };
      await client.write(`sys/mounts/${path}/tune`, { ...leases, ...optionsBody, ...text }, context);
    }
    return path;
  },
  read: async (client, id, context) => {
    const found = (await client.read("sys/mounts", context))?.[`${id}/`];
    if (!isJsonMap(found)) return undefined;
    const config = isJsonMap(found["config"]) ? found["config"] : {};
    return {
      path: id,
      ...stateOf(found, { type: {}, accessor: {}, description: {}, options: {}, local: {}, sealWrap: {} }),
      defaultLeaseTtlSeconds: Number(config["default_lease_ttl"] ?? 0),
      maxLeaseTtlSeconds: Number(config["max_lease_ttl"] ?? 0),
    };
  },
  remove: (client, id, context) => client.delete(`sys/mounts/${id}`, context),
};

/** An auth method (hashicorp/terraform-provider-vault, vault/resource_auth_backend.go); its id is its path. */
export const authBackend: VaultResource = {
  fields: {
    type: { forceNew: true },
    path: { forceNew: true, computed: true },
    description: { forceNew: true },
    local: { forceNew: true, fallback: false },
  },
  required: ["type"],
  computed: ["accessor", "path"],
  secretOutputs: [],
  write: async (client, inputs, context, previous) => {
    if (previous !== undefined) throw new NotInStandIn("vault", "Changing an auth backend in place");
    const type = textOf(inputs["type"]);
    const path = textOf(inputs["path"], type).replace(/\/+$/, "");
    const body = { type, description: textOf(inputs["description"]), local: inputs["local"] === true };
    await client.write(`sys/auth/${path}`, body, context);
    return path;
  },
  read: async (client, id, context) => {
    const found = (await client.read("sys/auth", context))?.[`${id}/`];
    if (!isJsonMap(found)) return undefined;
    return { path: id, ...stateOf(found, { type: {}, accessor: {}, description: {}, local: {} }) };
  },
  remove: (client, id, context) => client.delete(`sys/auth/${id}`, context),
};

const CONFIG_FIELDS: Readonly<Record<string, Field>> = {
  kubernetesHost: {},
  kubernetesCaCert: { computed: true },
  tokenReviewerJwt: {},
  pemKeys: {},
  issuer: {},
  disableIssValidation: { computed: true },
  disableLocalCaJwt: { computed: true },
  useAnnotationsAsAliasMetadata: { computed: true },
};

/**
 * How the Kubernetes auth method reaches its cluster (hashicorp/terraform-provider-vault,
 * vault/resource_kubernetes_auth_backend_config.go). Vault never gives the reviewer's token back; it stays as the program set it.
 */
export const authBackendConfig: VaultResource = {
  fields: { backend: { forceNew: true, fallback: "kubernetes" }, ...CONFIG_FIELDS },
  required: ["kubernetesHost"],
  computed: ["kubernetesCaCert", "disableIssValidation", "disableLocalCaJwt", "useAnnotationsAsAliasMetadata"],
  secretOutputs: ["tokenReviewerJwt"],
  write: async (client, inputs, context, previous) => {
    const path = `auth/${textOf(inputs["backend"])}/config`;
    await client.write(path, requestOf(inputs, CONFIG_FIELDS, previous), context);
    return path;
  },
  read: async (client, id, context, known) => {
    const answer = await client.read(id, context);
    if (answer === undefined) return undefined;
    const backend = /^auth\/(.+)\/config$/.exec(id)?.[1];
    const state: PropertyMap = { ...stateOf(answer, CONFIG_FIELDS), tokenReviewerJwt: known["tokenReviewerJwt"] };
    return { ...state, backend };
  },
  remove: async () => {
    // There is no way to unconfigure the method; the official plugin forgets it, too.
  },
};
