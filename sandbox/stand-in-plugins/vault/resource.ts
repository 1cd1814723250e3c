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
import type { CheckFailure, ResourceHandler } from "../support/provider.ts";
import { type PropertyMap, UNKNOWN } from "../support/values.ts";
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
  const state = (properties: PropertyMap): PropertyMap => keptState(properties, resource);
  const withDefaults = (inputs: PropertyMap): PropertyMap => {
    return { ...defaultsOf(fields), ...inputs };
  };

  return {
    check: ({ newInputs, oldInputs, name }) => {
      const inputs = autonamed(resource.autoname, newInputs, oldInputs, name);
      return Promise.resolve({ inputs, failures: failuresOf(resource, fields, inputs, unknownReason) });
    },
    diff: ({ oldOutputs, newInputs }) => {
      const diff = compare(oldOutputs, withDefaults(newInputs), compared);
      const replace = Object.values(diff.detailed).some(({ kind }) => kind.endsWith("-replace"));
      const deleteBeforeReplace = replace && keepsChosenName(resource.autoname, oldOutputs, newInputs);
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

function unknownReason(name: string): string {
  return `${name} is not known to the stand-in for the "vault" plugin; the official one may know it`;
}
