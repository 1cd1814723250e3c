import {
  autonamed,
  defaultsOf,
  failuresOf,
  importedInputs,
  keepsChosenName,
  keptState,
  refreshedInputs,
  revealed,
} from "../support/bridge.ts";
import { compare, type Field } from "../support/diff.ts";
import { NotInStandIn } from "../support/errors.ts";
import type { CheckFailure, DiffResult, ResourceHandler } from "../support/provider.ts";
import { equal, isMap, type PropertyMap, reveal, UNKNOWN, type Value } from "../support/values.ts";
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

/** The life of an object as the official plugin (a Terraform provider behind a bridge) leads it. */
export function gcpResource(resource: GcpResource, session: () => GcpSession): ResourceHandler {
  const { fields } = resource;
  const context = (signal: AbortSignal): GcpContext => ({ ...session(), signal });
  const state = (properties: PropertyMap): PropertyMap => keptState(properties, resource);
  const settle = (inputs: PropertyMap): PropertyMap => {
    const { project } = session();
    const home = "project" in fields && project !== undefined ? { project } : {};
    const settled: PropertyMap = { ...defaultsOf(fields), ...home, ...inputs };
    return { ...settled, ...resource.planned?.(settled, session()) };
  };

  return {
    check: ({ newInputs, oldInputs, name }) => {
      const inputs = autonamed(resource.autoname, newInputs, oldInputs, name);
      return Promise.resolve({ inputs, failures: failuresOf(resource, fields, inputs, unknownReason) });
    },
    diff: ({ oldOutputs, newInputs }) => {
      const settled = settle(newInputs);
      const plain = compare(oldOutputs, settled, fields);
      const diff = resource.refine?.(plain, revealed(oldOutputs), revealed(settled)) ?? plain;
      const replace = Object.values(diff.detailed).some(({ kind }) => kind.endsWith("-replace"));
      const deleteBeforeReplace = replace && keepsChosenName(resource.autoname, oldOutputs, newInputs);
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
        inputs: imported ? importedInputs(outputs, fields, saysNothing) : refreshedInputs(oldInputs, outputs, fields),
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

// An empty block says something (`auto: {}`), an empty list or text does not.
function saysNothing(value: Value | undefined): boolean {
  const plain = value === undefined ? null : reveal(value);
  if (Array.isArray(plain)) return plain.length === 0;
  if (isMap(plain)) return Object.keys(plain).length === 0;
  return plain === null || plain === false || plain === 0 || plain === "";
}

function unknownReason(name: string): string {
  return new NotInStandIn("gcp", `Property ${name}`).message;
}
