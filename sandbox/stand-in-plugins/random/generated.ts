import { compare, type Field } from "../support/diff.ts";
import type { CheckFailure, Created, ResourceHandler } from "../support/provider.ts";
import { containsUnknown, isMap, type PropertyMap, UNKNOWN, type Value } from "../support/values.ts";

/** What makes one kind of random value different from the others. */
export interface Generator {
  readonly fields: Readonly<Record<string, Field>>;
  /** The names of the outputs that are made, all unknown at preview. */
  readonly computed: readonly string[];
  readonly validate: (inputs: PropertyMap) => readonly CheckFailure[];
  /** The state besides the generated values: inputs with their defaults. */
  readonly settle: (inputs: PropertyMap) => PropertyMap;
  readonly generate: (settled: PropertyMap) => Promise<Created>;
  /** The state of a value that was made elsewhere, from the id given to `pulumi import`. */
  readonly adopt: (id: string) => Promise<Created>;
}

/** The life of a random value: made once, read from the state ever after, forgotten without a trace. */
export function generated(generator: Generator): ResourceHandler {
  const { fields, computed, settle } = generator;
  return {
    check: ({ newInputs }) =>
      Promise.resolve({
        inputs: newInputs,
        failures: containsUnknown(newInputs) ? [] : generator.validate(newInputs),
      }),
    diff: ({ oldOutputs, newInputs }) => Promise.resolve(compare(oldOutputs, settle(newInputs), fields)),
    create: ({ inputs, preview }) => {
      if (!preview) return generator.generate(settle(inputs));
      const unknown = Object.fromEntries(computed.map((name) => [name, UNKNOWN]));
      return Promise.resolve({ id: "", outputs: { ...settle(inputs), ...unknown } });
    },
    read: async ({ id, oldInputs, oldOutputs }) => {
      if (Object.keys(oldOutputs).length > 0) return { id, outputs: oldOutputs, inputs: oldInputs };
      const adopted = await generator.adopt(id);
      const inputs = Object.fromEntries(
        Object.entries(adopted.outputs).filter(([name]) => name in fields && !computed.includes(name)),
      );
      return { ...adopted, inputs };
    },
    // Only what needs no new value gets here: a keeper map that became null, an empty override that was left out.
    update: ({ oldOutputs, newInputs }) => {
      const values = Object.fromEntries(computed.map((name) => [name, oldOutputs[name]]));
      return Promise.resolve({ ...settle(newInputs), ...values });
    },
    delete: () => Promise.resolve(),
  };
}

/**
 * Keepers force a new value when one of them changes; adding an empty map does not
 * (hashicorp/terraform-provider-random, internal/planmodifiers/map: RequiresReplaceIfValuesNotNull).
 */
export const KEEPERS: Field = { forceNew: true };

/** A whole number of at least one. */
export function atLeastOne(property: string, value: Value | undefined): readonly CheckFailure[] {
  if (typeof value === "number" && Number.isInteger(value) && value >= 1) return [];
  return [{ property, reason: `${property} must be a whole number of at least 1` }];
}

/** Keepers are strings only, as the official schema has it. */
export function validKeepers(inputs: PropertyMap): readonly CheckFailure[] {
  const keepers = inputs["keepers"];
  if (keepers === undefined) return [];
  if (isMap(keepers)) return [];
  return [{ property: "keepers", reason: "keepers must be a map of strings" }];
}
