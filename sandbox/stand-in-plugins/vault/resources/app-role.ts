import { textOf } from "../../support/values.ts";
import type { VaultResource } from "../resource.ts";
import { TOKEN_FIELDS } from "../tokens.ts";
import { roleOf } from "./role.ts";

const role = roleOf({
  what: "AppRole auth backend role",
  mount: "approle",
  fields: { bindSecretId: { fallback: true }, ...TOKEN_FIELDS },
  required: [],
  computed: ["roleId"],
});

/** An AppRole (hashicorp/terraform-provider-vault, vault/resource_approle_auth_backend_role.go), whose own id is a path of its own. */
export const appRole: VaultResource = {
  ...role,
  fields: { ...role.fields, roleId: { computed: true } },
  write: async (client, inputs, context, previous) => {
    const path = await role.write(client, inputs, context, previous);
    const roleId = inputs["roleId"];
    if (roleId !== undefined) await client.write(`${path}/role-id`, { role_id: textOf(roleId) }, context);
    return path;
  },
  read: async (client, id, context, known) => {
    const found = await role.read(client, id, context, known);
    if (found === undefined) return undefined;
    const named = await client.read(`${id}/role-id`, context);
    return { ...found, roleId: named?.["role_id"] ?? undefined };
  },
};
