import type { CheckFailure, ResourceHandler } from "../support/provider.ts";
import { type JsonMap, type PropertyMap, revealMap, textOf } from "../support/values.ts";
import { type Autoname, named, NAMING_KEYS } from "./autoname.ts";
import type { AzureClient } from "./client.ts";
import { applyDifferences, differences } from "./differences.ts";
import { markedAs, previewOutputs } from "./outputs.ts";
import { projection, type Shape, strangers } from "./shape.ts";

/** What makes one kind of Azure resource different from the others. */
export interface AzureResource {
  readonly apiVersion: string;
  /** Its inputs; what a program sets beside them is an error. */
  readonly shape: Shape;
  readonly required: readonly string[];
  readonly forceNew: readonly string[];
  readonly autoname: Autoname;
  /** What Azure answers beside the inputs; `properties.vaultUri` for a part of an object. */
  readonly computed: readonly string[];
  /** The resource ID, from the inputs. */
  readonly idOf: (inputs: PropertyMap, subscriptionId: string) => string;
  /** The inputs that are in the ID, for an import. */
  readonly pathInputs: (id: string) => PropertyMap;
  readonly bodyOf: (inputs: PropertyMap) => JsonMap;
  /** The outputs, from what Resource Manager answers. */
  readonly outputsOf: (answer: JsonMap) => PropertyMap;
  readonly validate?: (inputs: PropertyMap) => readonly CheckFailure[];
  /** Before it is created. */
  readonly prepare?: (client: AzureClient, inputs: PropertyMap, signal: AbortSignal) => Promise<void>;
  /** Instead of a DELETE by Resource Manager. */
  readonly remove?: (client: AzureClient, inputs: PropertyMap, signal: AbortSignal) => Promise<void>;
}

/** The life of an Azure resource as the official plugin leads it (pulumi-azure-native, provider/pkg/provider/provider.go). */
export function azureResource(resource: AzureResource, client: () => AzureClient): ResourceHandler {
  const { apiVersion } = resource;
  const forceNew = new Set(resource.forceNew);
  const shape = { ...resource.shape, azureApiVersion: true as const };
  const state = (answer: JsonMap, inputs: PropertyMap): PropertyMap =>
    markedAs(inputs, { ...resource.outputsOf(answer), azureApiVersion: apiVersion });
  const idOf = (inputs: PropertyMap) => resource.idOf(inputs, client().config.subscriptionId);

  return {
    check: ({ newInputs, oldInputs, name }) => {
      const location = "location" in resource.shape ? client().config.location : undefined;
      const inputs = {
        azureApiVersion: apiVersion,
        ...(location === undefined ? {} : { location }),
        ...named(resource.autoname, newInputs, oldInputs, name),
      };
      return Promise.resolve({ inputs, failures: failuresOf(resource, shape, inputs) });
    },

    diff: ({ oldInputs, newInputs }) => {
      const detailed = differences(withoutNaming(oldInputs), withoutNaming(newInputs), forceNew);
      const replaces = Object.values(detailed).some(({ kind }) => kind.endsWith("-replace"));
      // A name that was made up is made up anew, so both can exist; any other would be taken by the old resource.
      const deleteBeforeReplace = replaces && oldInputs[NAMING_KEYS.createBeforeDelete] !== true;
      return Promise.resolve({ detailed, deleteBeforeReplace });
    },

    create: async ({ inputs, preview, signal }) => {
      if (preview) return { id: "", outputs: previewOutputs(withoutNaming(inputs), resource.computed) };
      const plain = revealMap(inputs);
      const id = idOf(plain);
      await refuseExisting(client(), id, apiVersion, signal);
      await resource.prepare?.(client(), plain, signal);
      const made = await client().put(id, apiVersion, resource.bodyOf(plain), signal);
      const madeId = textOf(made["id"], id);
      const found = await client().get(madeId, apiVersion, signal);
      return { id: madeId, outputs: state(found ?? made, inputs) };
    },

    read: async ({ id, oldInputs, oldOutputs, signal }) => {
      const answer = await client().get(id, apiVersion, signal);
      if (answer === undefined) return undefined;
      const outputs = state(answer, oldInputs);
      const now = projection(revealMap(outputs), shape);
      const imported = Object.keys(oldInputs).length === 0;
      const inputs = imported
        ? { ...now, ...resource.pathInputs(id) }
        : applyDifferences(oldInputs, projection(revealMap(oldOutputs), shape), now);
      return { id, outputs, inputs };
    },

    update: async ({ id, newInputs, oldOutputs, preview, signal }) => {
      if (preview) {
        const outputs = previewOutputs(withoutNaming(newInputs), resource.computed);
        // Only what never changes is known beforehand.
        for (const name of ["name", "location"]) if (oldOutputs[name] !== undefined) outputs[name] = oldOutputs[name];
        return outputs;
      }
      const plain = revealMap(newInputs);
      const changed = await client().put(id, apiVersion, resource.bodyOf(plain), signal);
      const found = await client().get(id, apiVersion, signal);
      return state(found ?? changed, newInputs);
    },

    delete: async ({ id, oldInputs, signal }) => {
      if (resource.remove === undefined) return client().delete(id, apiVersion, signal);
      const inputs = Object.keys(oldInputs).length === 0 ? resource.pathInputs(id) : revealMap(oldInputs);
      await resource.remove(client(), inputs, signal);
    },
  };
}

// A PUT would change what somebody else made; the official plugin looks first (provider/pkg/provider/crud, CanCreate).
async function refuseExisting(client: AzureClient, id: string, apiVersion: string, signal: AbortSignal): Promise<void> {
  if ((await client.get(id, apiVersion, signal)) === undefined) return;
  throw new Error(`cannot create already existing resource '${id}'`);
}

function withoutNaming(inputs: PropertyMap): PropertyMap {
  const { [NAMING_KEYS.createBeforeDelete]: _flag, ...rest } = inputs;
  return rest;
}

function failuresOf(resource: AzureResource, shape: Shape, inputs: PropertyMap): readonly CheckFailure[] {
  const missing = resource.required
    .filter((name) => inputs[name] === undefined)
    .map((name) => {
      const hint = ". Either set it explicitly or configure it with 'pulumi config set azure-native:location <value>'.";
      return { property: name, reason: `missing required property '${name}'${name === "location" ? hint : ""}` };
    });
  const unknown = strangers(withoutNaming(inputs), shape).map((path) => ({
    property: path,
    reason: `${path} is not known to the stand-in for the "azure-native" plugin; the official one may know it`,
  }));
  return [...missing, ...unknown, ...(resource.validate?.(inputs) ?? [])];
}
