import type { Field } from "../../support/diff.ts";
import { type PropertyMap, textOf } from "../../support/values.ts";
import type { VaultResource } from "../resource.ts";
import { requestOf, stateOf, TOKEN_FIELDS } from "../tokens.ts";

const FIELDS: Readonly<Record<string, Field>> = { bindSecretId: { fallback: true }, ...TOKEN_FIELDS };

/** An AppRole (hashicorp/terraform-provider-vault, vault/resource_approle_auth_backend_role.go); its id is its path. */
export const appRole: VaultResource = {
  fields: {
    backend: { forceNew: true, fallback: "approle" },
    roleName: { forceNew: true },
    roleId: { computed: true },
    ...FIELDS,
  },
  required: ["roleName"],
  computed: ["roleId"],
  secretOutputs: [],
  write: async (client, inputs, context, previous) => {
    const path = `auth/${trimmed(inputs["backend"])}/role/${trimmed(inputs["roleName"])}`;
    await client.write(path, requestOf(inputs, FIELDS, previous), context);
    const roleId = inputs["roleId"];
    if (roleId !== undefined) await client.write(`${path}/role-id`, { role_id: textOf(roleId) }, context);
    return path;
  },
  read: async (client, id, context) => {
    const [, backend, roleName] = /^auth\/(.+)\/role\/(.+)$/.exec(id) ?? [];
    if (backend === undefined) throw new Error(`invalid path "${id}" for AppRole auth backend role: no role found`);
    const answer = await client.read(id, context);
    if (answer === undefined) return undefined;
    const named = await client.read(`${id}/role-id`, context);
    return { backend, roleName, ...stateOf(answer, FIELDS), roleId: named?.["role_id"] ?? undefined };
  },
  remove: (client, id, context) => client.delete(id, context),
};

function trimmed(value: PropertyMap[string]): string {
  return textOf(value).replace(/^\/+|\/+$/g, "");
}
