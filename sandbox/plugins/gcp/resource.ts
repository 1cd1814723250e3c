import { randomBytes } from "node:crypto";
import { compare, type Field } from "../support/diff.ts";
import { NotInStandIn } from "../support/errors.ts";
import type { CheckFailure, DiffResult, ResourceHandler } from "../support/provider.ts";
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
import type { GoogleApi } from "./client.ts";

/** What all calls of one provider share. */
export interface GcpSession {
  readonly api: GoogleApi;
  readonly project: string | undefined;
  /** Labels that everything with labels gets. */
  readonly labels: Readonly<Record<string, string>>;
}

/** The session and the cancellation of one call. */
export interface GcpContext extends GcpSession {
  readonly signal: AbortSignal;
}

/** What makes one kind of object different from the others. */
export interface GcpResource {
  /** Every input, by name; a property that the program sets and that is not here is an error. */
  readonly fields: Readonly<Record<string, Field>>;
  readonly required: readonly string[];
  /** Outputs that Google fills in. */
  readonly computed: readonly string[];
  readonly secretOutputs: readonly string[];
  /** Inputs that are sent and never kept in outputs. */
  readonly writeOnly?: readonly string[];
  /** The input that is made from the resource's name when it is left out. */
  readonly autoname?: string;
  readonly validate?: (inputs: PropertyMap) => readonly CheckFailure[];
  /** Outputs that are known before anything is created. */
  readonly planned?: (inputs: PropertyMap, session: GcpSession) => PropertyMap;
  /** Corrects what a comparison of properties one by one cannot see. */
  readonly refine?: (diff: DiffResult, state: PropertyMap, inputs: PropertyMap) => DiffResult;
  /** Creates; answers the id. */
  readonly create: (context: GcpContext, inputs: PropertyMap) => Promise<string>;
  readonly update?: (context: GcpContext, id: string, change: Change) => Promise<void>;
  /** The properties that Google knows of; `undefined` when the object is gone. `known` is the state so far. */
  readonly read: (context: GcpContext, id: string, known: PropertyMap) => Promise<PropertyMap | undefined>;
  readonly remove: (context: GcpContext, id: string, state: PropertyMap) => Promise<void>;
}

/** One update. */
export interface Change {
  readonly inputs: PropertyMap;
  readonly state: PropertyMap;
  /** True when the property differs. */
  readonly of: (name: string) => boolean;
}

// The bridge that the official plugin is made with notes here which inputs it filled in by itself.
const DEFAULTS_KEY = "__defaults";

/** The life of an object as the official plugin (a Terraform provider behind a bridge) leads it. */
export function gcpResource(resource: GcpResource, session: () => GcpSession): ResourceHandler {
  const { fields, writeOnly = [] } = resource;
  const context = (signal: AbortSignal): GcpContext => ({ ...session(), signal });
  const state = (properties: PropertyMap): PropertyMap => {
    const entries = Object.entries(properties)
      .filter(([name, value]) => value !== undefined && name !== DEFAULTS_KEY && !writeOnly.includes(name))
      .map(([name, value]) => [name, resource.secretOutputs.includes(name) ? secret(value ?? null) : value] as const);
    return Object.fromEntries(entries);
  };
  const settle = (inputs: PropertyMap): PropertyMap => {
    const defaults = Object.entries(fields).flatMap(([name, { fallback }]) =>
      fallback === undefined ? [] : [[name, fallback] as const],
    );
    const { project } = session();
    const home = "project" in fields && project !== undefined ? { project } : {};
    const settled: PropertyMap = { ...Object.fromEntries(defaults), ...home, ...inputs };
    return { ...settled, ...resource.planned?.(settled, session()) };
  };

  return {
    check: ({ newInputs, oldInputs, name }) => {
      const inputs = named(resource, newInputs, oldInputs, name);
      return Promise.resolve({ inputs, failures: failuresOf(resource, inputs) });
    },
    diff: ({ oldOutputs, newInputs }) => {
      const settled = settle(newInputs);
      const plain = compare(oldOutputs, settled, fields);
      const diff = resource.refine?.(plain, revealed(oldOutputs), revealed(settled)) ?? plain;
      const replace = Object.values(diff.detailed).some(({ kind }) => kind.endsWith("-replace"));
      // What keeps the name that the program chose can't exist twice (pulumi-terraform-bridge, provider.go:
      // nameRequiresDeleteBeforeReplace); a name that was made up is made up anew.
      const { autoname } = resource;
      const keepsName = autoname !== undefined && equal(oldOutputs[autoname], newInputs[autoname]);
      const deleteBeforeReplace = replace && keepsName && !isAutonamed(newInputs, autoname);
      return Promise.resolve({ ...diff, deleteBeforeReplace });
    },
    create: async ({ inputs, preview, signal }) => {
      const settled = settle(inputs);
      if (preview) {
        const unknown = Object.fromEntries(resource.computed.map((name) => [name, UNKNOWN]));
        return { id: "", outputs: state({ ...unknown, ...settled }) };
      }
      const plain = revealed(settled);
      const id = await resource.create(context(signal), plain);
      const found = await resource.read(context(signal), id, plain);
      return { id, outputs: state({ ...settled, ...found }) };
    },
    read: async ({ id, oldInputs, oldOutputs, signal }) => {
      const found = await resource.read(context(signal), id, revealed(oldOutputs));
      if (found === undefined) return undefined;
      const defaults = Object.fromEntries(Object.entries(fields).map(([name, { fallback }]) => [name, fallback]));
      const outputs = state({ ...defaults, ...oldOutputs, ...found });
      const imported = Object.keys(oldInputs).length === 0;
      return {
        id,
        outputs,
        inputs: imported ? importedInputs(outputs, fields) : refreshedInputs(oldInputs, outputs, fields),
      };
    },
    update: async ({ id, newInputs, oldOutputs, preview, signal }) => {
      const settled = settle(newInputs);
      const kept = Object.fromEntries(resource.computed.map((name) => [name, oldOutputs[name]]));
      if (preview) return state({ ...kept, ...settled });
      const inputs = revealed(settled);
      const known = revealed(oldOutputs);
      const of = (name: string): boolean => !equal(known[name] ?? fields[name]?.fallback, inputs[name]);
      await resource.update?.(context(signal), id, { inputs, state: known, of });
      const found = await resource.read(context(signal), id, { ...known, ...inputs });
      return state({ ...kept, ...settled, ...found });
    },
    delete: async ({ id, oldOutputs, signal }) => {
      await resource.remove(context(signal), id, revealed(oldOutputs));
    },
  };
}

function named(resource: GcpResource, inputs: PropertyMap, oldInputs: PropertyMap, name: string): PropertyMap {
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

function failuresOf(resource: GcpResource, inputs: PropertyMap): readonly CheckFailure[] {
  const unknownNames = Object.keys(inputs).filter((name) => !(name in resource.fields) && name !== DEFAULTS_KEY);
  return [
    ...unknownNames.map((name) => ({ property: name, reason: new NotInStandIn("gcp", `Property ${name}`).message })),
    ...resource.required
      .filter((name) => inputs[name] === undefined)
      .map((name) => ({ property: name, reason: `missing required property '${name}'` })),
    ...(containsUnknown(inputs) ? [] : (resource.validate?.(revealed(inputs)) ?? [])),
  ];
}

// What a refresh tells the program about: inputs it set, with the values Google has now. A field with two spellings keeps
// the program's (pulumi-terraform-bridge, pkg/tfbridge/schema.go: extractInputs, "If this value has a StateFunc").
function refreshedInputs(
  inputs: PropertyMap,
  outputs: PropertyMap,
  fields: Readonly<Record<string, Field>>,
): PropertyMap {
  const entries = Object.entries(inputs).map(([name, value]): [string, Value | undefined] => {
    const now = outputs[name];
    if (fields[name] === undefined || fields[name].same !== undefined || now === undefined) return [name, value];
    return [name, equal(value, now) ? value : now];
  });
  return Object.fromEntries(entries);
}

function importedInputs(outputs: PropertyMap, fields: Readonly<Record<string, Field>>): PropertyMap {
  const entries = Object.entries(outputs).filter(
    ([name, value]) => name in fields && !equal(value, fields[name]?.fallback) && !isZero(value),
  );
  return Object.fromEntries(entries);
}

// An empty block says something (`auto: {}`), an empty list or text does not.
function isZero(value: Value | undefined): boolean {
  const plain = value === undefined ? null : reveal(value);
  if (Array.isArray(plain)) return plain.length === 0;
  if (isMap(plain)) return Object.keys(plain).length === 0;
  return plain === null || plain === false || plain === 0 || plain === "";
}

function revealed(map: PropertyMap): PropertyMap {
  return Object.fromEntries(
    Object.entries(map).map(([key, value]) => [key, value === undefined ? undefined : reveal(value)]),
  );
}
