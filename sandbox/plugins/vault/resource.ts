import { randomBytes } from "node:crypto";
import { compare, type Field } from "../support/diff.ts";
import type { CheckFailure, ResourceHandler } from "../support/provider.ts";
import {
  containsUnknown,
  equal,
  isMap,
  type PropertyMap,
  reveal,
  secret,
  UNKNOWN,
  type Value,
} from "../support/values.ts";
import type { VaultClient } from "./client.ts";

/** The namespace and the cancellation of one call. */
export interface CallContext {
  readonly namespace: string | undefined;
  readonly signal: AbortSignal;
}

/** What makes one kind of Vault object different from the others. */
export interface VaultResource {
  /** Every input, by name; a property that the program sets and that is not here is an error. */
  readonly fields: Readonly<Record<string, Field>>;
  readonly required: readonly string[];
  /** Outputs that Vault fills in. */
  readonly computed: readonly string[];
  readonly secretOutputs: readonly string[];
  /** Inputs that are sent and never kept or compared (pulumi-terraform-bridge#3201: they stay among the inputs). */
  readonly writeOnly?: readonly string[];
  /** The input that is made from the resource's name when it is left out. */
  readonly autoname?: string;
  readonly validate?: (inputs: PropertyMap) => readonly CheckFailure[];
  /** Creates or changes; answers the id. `previous` is the state before an update. */
  readonly write: (
    client: VaultClient,
    inputs: PropertyMap,
    context: CallContext,
    previous?: PropertyMap,
  ) => Promise<string>;
  /** The properties that Vault knows of; `undefined` when the object is gone. `known` is the state so far. */
  readonly read: (
    client: VaultClient,
    id: string,
    context: CallContext,
    known: PropertyMap,
  ) => Promise<PropertyMap | undefined>;
  readonly remove: (client: VaultClient, id: string, context: CallContext, state: PropertyMap) => Promise<void>;
}

// The bridge that the official plugin is made with notes here which inputs it filled in by itself.
const DEFAULTS_KEY = "__defaults";
const NAMESPACE: Field = { forceNew: true };

/** The life of a Vault object as the official plugin (a Terraform provider behind a bridge) leads it. */
export function vaultResource(resource: VaultResource, client: () => VaultClient): ResourceHandler {
  const { writeOnly = [] } = resource;
  const fields = { ...resource.fields, namespace: NAMESPACE };
  const compared = Object.fromEntries(Object.entries(fields).filter(([name]) => !writeOnly.includes(name)));
  const context = (state: PropertyMap, signal: AbortSignal): CallContext => {
    const namespace = state["namespace"];
    return { namespace: typeof namespace === "string" ? namespace : undefined, signal };
  };
  const state = (properties: PropertyMap): PropertyMap => {
    const entries = Object.entries(properties)
      .filter(([name, value]) => value !== undefined && name !== DEFAULTS_KEY && !writeOnly.includes(name))
      .map(([name, value]) => [name, resource.secretOutputs.includes(name) ? secret(value ?? null) : value] as const);
    return Object.fromEntries(entries);
  };
  const withDefaults = (inputs: PropertyMap): PropertyMap => {
    const defaults = Object.entries(fields).flatMap(([name, field]) =>
      field.fallback === undefined ? [] : [[name, field.fallback] as const],
    );
    return { ...Object.fromEntries(defaults), ...inputs };
  };

  return {
    check: ({ newInputs, oldInputs, name }) => {
      const inputs = named(resource, newInputs, oldInputs, name);
      return Promise.resolve({ inputs, failures: failuresOf(resource, fields, inputs) });
    },
    diff: ({ oldOutputs, newInputs }) => {
      const diff = compare(oldOutputs, withDefaults(newInputs), compared);
      const replace = Object.values(diff.detailed).some(({ kind }) => kind.endsWith("-replace"));
      // What keeps the name that the program chose can't exist twice (pulumi-terraform-bridge, provider.go:
      // nameRequiresDeleteBeforeReplace); a name that was made up is made up anew.
      const { autoname } = resource;
      const keepsName = autoname !== undefined && equal(oldOutputs[autoname], newInputs[autoname]);
      const deleteBeforeReplace = replace && keepsName && !isAutonamed(newInputs, autoname);
      return Promise.resolve({ ...diff, deleteBeforeReplace });
    },
    create: async ({ inputs, preview, signal }) => {
      const settled = withDefaults(inputs);
      if (preview) {
        const unknown = Object.fromEntries(resource.computed.map((name) => [name, UNKNOWN]));
        return { id: "", outputs: state({ ...settled, ...unknown }) };
      }
      const plain = revealed(settled);
      const call = context(plain, signal);
      const id = await resource.write(client(), plain, call);
      const found = await resource.read(client(), id, call, plain);
      return { id, outputs: state({ ...settled, ...found }) };
    },
    read: async ({ id, oldInputs, oldOutputs, signal }) => {
      const known = revealed(oldOutputs);
      const found = await resource.read(client(), id, context(known, signal), known);
      if (found === undefined) return undefined;
      const outputs = state({ ...withDefaults(oldOutputs), ...found });
      const imported = Object.keys(oldInputs).length === 0;
      return {
        id,
        outputs,
        inputs: imported ? importedInputs(outputs, fields) : refreshedInputs(oldInputs, outputs, fields),
      };
    },
    update: async ({ id, newInputs, oldOutputs, preview, signal }) => {
      const settled = withDefaults(newInputs);
      const kept = Object.fromEntries(resource.computed.map((name) => [name, oldOutputs[name]]));
      if (preview) return state({ ...kept, ...settled });
      const plain = revealed(settled);
      const call = context(plain, signal);
      await resource.write(client(), plain, call, revealed(oldOutputs));
      const found = await resource.read(client(), id, call, plain);
      return state({ ...kept, ...settled, ...found });
    },
    delete: async ({ id, oldOutputs, signal }) => {
      const known = revealed(oldOutputs);
      await resource.remove(client(), id, context(known, signal), known);
    },
  };
}

function named(resource: VaultResource, inputs: PropertyMap, oldInputs: PropertyMap, name: string): PropertyMap {
  const { autoname } = resource;
  if (autoname === undefined || inputs[autoname] !== undefined) return inputs;
  const old = isAutonamed(oldInputs, autoname) ? oldInputs[autoname] : undefined;
  return {
    ...inputs,
    [autoname]: old ?? `${name}-${randomBytes(4).toString("hex").slice(0, 7)}`,
    [DEFAULTS_KEY]: [autoname],
  };
}

function isAutonamed(inputs: PropertyMap, autoname: string): boolean {
  const defaults = inputs[DEFAULTS_KEY];
  return Array.isArray(defaults) && defaults.includes(autoname);
}

function failuresOf(
  resource: VaultResource,
  fields: Record<string, Field>,
  inputs: PropertyMap,
): readonly CheckFailure[] {
  const unknownNames = Object.keys(inputs).filter((name) => !(name in fields) && name !== DEFAULTS_KEY);
  return [
    ...unknownNames.map((name) => ({
      property: name,
      reason: `${name} is not known to the stand-in for the "vault" plugin; the official one may know it`,
    })),
    ...resource.required
      .filter((name) => inputs[name] === undefined)
      .map((name) => ({ property: name, reason: `missing required property '${name}'` })),
    ...(containsUnknown(inputs) ? [] : (resource.validate?.(revealed(inputs)) ?? [])),
  ];
}

// What a refresh tells the program about: inputs it set, with the values Vault has now. A field with two spellings keeps
// the program's (pulumi-terraform-bridge, pkg/tfbridge/schema.go: extractInputs, "If this value has a StateFunc").
function refreshedInputs(inputs: PropertyMap, outputs: PropertyMap, fields: Record<string, Field>): PropertyMap {
  const entries = Object.entries(inputs).map(([name, value]): [string, Value | undefined] => {
    const field = fields[name];
    const now = outputs[name];
    if (field === undefined || field.same !== undefined || now === undefined) return [name, value];
    return [name, equal(value, now) ? value : now];
  });
  return Object.fromEntries(entries);
}

function importedInputs(outputs: PropertyMap, fields: Record<string, Field>): PropertyMap {
  const entries = Object.entries(outputs).filter(
    ([name, value]) => name in fields && !equal(value, fields[name]?.fallback) && !isZero(value),
  );
  return Object.fromEntries(entries);
}

function isZero(value: Value | undefined): boolean {
  const plain = value === undefined ? null : reveal(value);
  if (Array.isArray(plain)) return plain.length === 0;
  if (isMap(plain)) return Object.values(plain).every(isZero);
  return plain === null || plain === false || plain === 0 || plain === "";
}

function revealed(map: PropertyMap): PropertyMap {
  return Object.fromEntries(
    Object.entries(map).map(([key, value]) => [key, value === undefined ? undefined : reveal(value)]),
  );
}
