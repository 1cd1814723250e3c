import { SET, TOKEN_FIELDS } from "../tokens.ts";
import { roleOf } from "./role.ts";

/**
 * A role of the Kubernetes auth method (hashicorp/terraform-provider-vault,
 * vault/resource_kubernetes_auth_backend_role.go).
 */
export const authBackendRole = roleOf({
  what: "Kubernetes auth backend role",
  mount: "kubernetes",
  fields: {
    boundServiceAccountNames: SET,
    boundServiceAccountNamespaces: SET,
    boundServiceAccountNamespaceSelector: {},
    audience: {},
    aliasNameSource: { computed: true },
    ...TOKEN_FIELDS,
  },
  required: ["boundServiceAccountNames"],
  computed: ["aliasNameSource"],
});
