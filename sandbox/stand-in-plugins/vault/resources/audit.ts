import { NotInStandIn } from "../../support/errors.ts";
import { isJsonMap, textOf, toJson } from "../../support/values.ts";
import type { VaultResource } from "../resource.ts";
import { stateOf } from "../tokens.ts";

/**
 * An audit device (hashicorp/terraform-provider-vault, vault/resource_audit.go); its id is its path. Nothing of one can be
 * changed in place.
 */
export const audit: VaultResource = {
  fields: {
    type: { forceNew: true },
    path: { forceNew: true, computed: true },
    description: { forceNew: true },
    local: { forceNew: true, fallback: false },
    options: { forceNew: true },
  },
  required: ["type", "options"],
  computed: ["path"],
  secretOutputs: [],
  write: async (client, inputs, context, previous) => {
    if (previous !== undefined) throw new NotInStandIn("vault", "Changing an audit device in place");
    const type = textOf(inputs["type"]);
    const path = textOf(inputs["path"], type).replace(/\/+$/, "");
    const body = {
      type,
      description: textOf(inputs["description"]),
      local: inputs["local"] === true,
      options: toJson(inputs["options"] ?? {}),
    };
    await client.write(`sys/audit/${path}`, body, context);
    return path;
  },
  read: async (client, id, context) => {
    const found = (await client.read("sys/audit", context))?.[`${id}/`];
    if (!isJsonMap(found)) return undefined;
    return { path: id, ...stateOf(found, { type: {}, description: {}, local: {}, options: {} }) };
  },
  remove: (client, id, context) => client.delete(`sys/audit/${id}`, context),
};
