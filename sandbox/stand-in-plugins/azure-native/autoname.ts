import { randomBytes, randomUUID } from "node:crypto";
import type { PropertyMap } from "../support/values.ts";

/**
 * How a resource gets its name when the program gives none (pulumi-azure-native #519): with a random suffix at the top of a resource
 * group, as a GUID where Azure wants one, and as the logical name below another resource.
 */
export interface Autoname {
  readonly field: string;
  readonly kind: "random" | "uuid" | "copy";
}

/** Notes among the inputs. */
export const NAMING_KEYS = { createBeforeDelete: "__createBeforeDelete" } as const;

/** The inputs with a name: the program's, the one from before, or a new one. */
export function named(autoname: Autoname, inputs: PropertyMap, oldInputs: PropertyMap, name: string): PropertyMap {
  const { field, kind } = autoname;
  if (inputs[field] !== undefined) return inputs;
  if (kind === "copy") return { ...inputs, [field]: name };
  const made = kind === "uuid" ? randomUUID() : `${name}${randomBytes(4).toString("hex")}`;
  const old = oldInputs[NAMING_KEYS.createBeforeDelete] === true ? oldInputs[field] : undefined;
  return { ...inputs, [field]: old ?? made, [NAMING_KEYS.createBeforeDelete]: true };
}
