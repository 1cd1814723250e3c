import type { Field } from "../../support/diff.ts";
import { type PropertyMap, textOf } from "../../support/values.ts";
import type { VaultResource } from "../resource.ts";
import { requestOf, SET, stateOf, TOKEN_FIELDS } from "../tokens.ts";

const FIELDS: Readonly<Record<string, Field>> = {
  boundServiceAccountNames: SET,
  boundServiceAccountNamespaces: SET,
  boundServiceAccountNamespaceSelector: {},
  audience: {},
  aliasNameSource: { computed: true },
  ...TOKEN_FIELDS,
};

/**
 * A role of the Kubernetes auth method (hashicorp/terraform-provider-vault,
 * vault/resource_kubernetes_auth_backend_role.go); its id is its path.
 */
export const authBackendRole: VaultResource = {
  fields: { backend: { forceNew: true, fallback: "kubernetes" }, roleName: { forceNew: true }, ...FIELDS },
  required: ["roleName", "boundServiceAccountNames"],
  computed: ["aliasNameSource"],
  secretOutputs: [],
  write: async (client, inputs, context, previous) => {
    const path = pathOf(inputs);
    await client.write(path, requestOf(inputs, FIELDS, previous), context);
    return path;
  },
  read: async (client, id, context) => {
    const [, backend, roleName] = /^auth\/(.+)\/role\/(.+)$/.exec(id) ?? [];
    if (backend === undefined) throw new Error(`invalid path "${id}" for Kubernetes auth backend role: no role found`);
    const answer = await client.read(id, context);
    return answer === undefined ? undefined : { backend, roleName, ...stateOf(answer, FIELDS) };
  },
  remove: (client, id, context) => client.delete(id, context),
};

function pathOf(inputs: PropertyMap): string {
  return `auth/${trimmed(inputs["backend"])}/role/${trimmed(inputs["roleName"])}`;
}

function trimmed(value: PropertyMap[string]): string {
  return textOf(value).replace(/^\/+|\/+$/g, "");
}
