import { textOf } from "../../support/values.ts";
import type { VaultResource } from "../resource.ts";

const ROOT = "sys/policies/acl";

/** An ACL policy (hashicorp/terraform-provider-vault, vault/resource_policy.go); its id is its name. */
export const policy: VaultResource = {
  fields: { name: { forceNew: true }, policy: {} },
  required: ["policy"],
  computed: [],
  secretOutputs: [],
  autoname: "name",
  write: async (client, inputs, context) => {
    const name = textOf(inputs["name"]);
    await client.write(`${ROOT}/${name}`, { policy: textOf(inputs["policy"]) }, context);
    return name;
  },
  read: async (client, id, context) => {
    const answer = await client.read(`${ROOT}/${id}`, context);
    return answer === undefined ? undefined : { name: id, policy: textOf(answer["policy"]) };
  },
  remove: (client, id, context) => client.delete(`${ROOT}/${id}`, context),
};
