import { NotInStandIn } from "../../support/errors.ts";
import type { Field } from "../../support/diff.ts";
import { isJsonMap, textOf } from "../../support/values.ts";
import type { VaultResource } from "../resource.ts";
import { requestOf, SET, stateOf, TOKEN_FIELDS } from "../tokens.ts";
import { roleOf } from "./role.ts";

const CONFIG_FIELDS: Readonly<Record<string, Field>> = {
  jwtValidationPubkeys: {},
  oidcDiscoveryUrl: {},
  oidcDiscoveryCaPem: {},
  boundIssuer: {},
};

/**
 * The JWT auth method with its configuration (hashicorp/terraform-provider-vault, vault/resource_jwt_auth_backend.go);
 * its id is its path.
 */
export const jwtAuthBackend: VaultResource = {
  fields: {
    type: { forceNew: true, fallback: "jwt" },
    path: { forceNew: true, fallback: "jwt" },
    description: {},
    local: { forceNew: true, fallback: false },
    ...CONFIG_FIELDS,
  },
  required: [],
  computed: ["accessor"],
  secretOutputs: [],
  write: async (client, inputs, context, previous) => {
    const path = textOf(inputs["path"]).replace(/\/+$/, "");
    if (textOf(inputs["type"]) !== "jwt") throw new NotInStandIn("vault", "An OIDC auth backend");
    if (previous === undefined) {
      const body = { type: "jwt", description: textOf(inputs["description"]), local: inputs["local"] === true };
      await client.write(`sys/auth/${path}`, body, context);
    }
    await client.write(`auth/${path}/config`, requestOf(inputs, CONFIG_FIELDS, previous), context);
    return path;
  },
  read: async (client, id, context) => {
    const found = (await client.read("sys/auth", context))?.[`${id}/`];
    if (!isJsonMap(found)) return undefined;
    const config = (await client.read(`auth/${id}/config`, context)) ?? {};
    return {
      path: id,
      ...stateOf(found, { type: {}, accessor: {}, description: {}, local: {} }),
      ...stateOf(config, CONFIG_FIELDS),
    };
  },
  remove: (client, id, context) => client.delete(`sys/auth/${id}`, context),
};

/** A role of it (vault/resource_jwt_auth_backend_role.go there). */
export const jwtAuthBackendRole = roleOf({
  what: "JWT auth backend role",
  mount: "jwt",
  fields: {
    roleType: { fallback: "oidc" },
    boundAudiences: SET,
    boundSubject: {},
    userClaim: {},
    ...TOKEN_FIELDS,
  },
  required: ["userClaim"],
  computed: [],
});
