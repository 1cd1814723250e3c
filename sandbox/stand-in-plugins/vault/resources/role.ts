import type { Field } from "../../support/diff.ts";
import { type PropertyMap, textOf } from "../../support/values.ts";
import type { VaultResource } from "../resource.ts";
import { requestOf, stateOf } from "../tokens.ts";

export interface RoleOf {
  /** The auth method, as messages of the provider name it: `Kubernetes auth backend role`. */
  readonly what: string;
  /** Where the method is mounted by default. */
  readonly mount: string;
  /** Fields of the role besides its place. */
  readonly fields: Readonly<Record<string, Field>>;
  readonly required: readonly string[];
  readonly computed: readonly string[];
}

/** A role of an auth method; its id is its path. */
export function roleOf({ what, mount, fields, required, computed }: RoleOf): VaultResource {
  return {
    fields: { backend: { forceNew: true, fallback: mount }, roleName: { forceNew: true }, ...fields },
    required: ["roleName", ...required],
    computed,
    secretOutputs: [],
    write: async (client, inputs, context, previous) => {
      const path = `auth/${trimmed(inputs["backend"])}/role/${trimmed(inputs["roleName"])}`;
      await client.write(path, requestOf(inputs, fields, previous), context);
      return path;
    },
    read: async (client, id, context) => {
      const [, backend, roleName] = /^auth\/(.+)\/role\/(.+)$/.exec(id) ?? [];
      if (backend === undefined) throw new Error(`invalid path "${id}" for ${what}: no role found`);
      const answer = await client.read(id, context);
      return answer === undefined ? undefined : { backend, roleName, ...stateOf(answer, fields) };
    },
    remove: (client, id, context) => client.delete(id, context),
  };
}

function trimmed(value: PropertyMap[string]): string {
  return textOf(value).replace(/^\/+|\/+$/g, "");
}
