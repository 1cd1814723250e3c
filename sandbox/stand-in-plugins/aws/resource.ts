import {
  autonamed,
  defaultsOf,
  failuresOf,
  importedInputs,
  keepsChosenName,
  keptState,
  revealed,
} from "../support/bridge.ts";
import { compare, type Field } from "../support/diff.ts";
import { NotInStandIn } from "../support/errors.ts";
import type { CheckFailure, DiffResult, ResourceHandler } from "../support/provider.ts";
import { containsUnknown, equal, isMap, type PropertyMap, textOf, UNKNOWN, type Value } from "../support/values.ts";
import type { Clients } from "./clients.ts";
import { documentText } from "./policy.ts";
import { type Tags, tagsOf, tagState } from "./tags.ts";

/** What a call needs besides the properties. */
export interface AwsContext {
  readonly clients: Clients;
  readonly region: string;
  readonly signal: AbortSignal;
}

/** What AWS knows of an object. */
export interface FoundObject {
  readonly properties: PropertyMap;
  /** All tags that it has. */
  readonly tags?: Tags;
}

/** What makes one kind of AWS object different from the others. */
export interface AwsResource {
  /** Every input but `region` and `tags`, by name; a property that the program sets and that is not here is an error. */
  readonly fields: Readonly<Record<string, Field>>;
  readonly required: readonly string[];
  /** Outputs that AWS fills in. */
  readonly computed: readonly string[];
  readonly secretOutputs: readonly string[];
  /** Inputs that only the official plugin takes. */
  readonly unsupported: readonly string[];
  /** Inputs that are sent and never kept: only a change of their version counter counts. */
  readonly writeOnly?: readonly string[];
  /** Inputs that are policies: text, or an object that is written as text. */
  readonly documents?: readonly string[];
  /** The input that is made from the resource's name when it is left out. */
  readonly autoname?: string;
  /** Whether it lives in a region. */
  readonly regional: boolean;
  readonly taggable: boolean;
  readonly validate?: (inputs: PropertyMap) => readonly CheckFailure[];
  /** Corrects what a comparison of properties one by one cannot see. */
  readonly refine?: (diff: DiffResult, state: PropertyMap, inputs: PropertyMap) => DiffResult;
  /** Outputs that an update will change, for previews. */
  readonly changing?: (state: PropertyMap, inputs: PropertyMap) => readonly string[];
  /** Creates it with these tags; answers the id. */
  readonly create: (context: AwsContext, inputs: PropertyMap, tags: Tags) => Promise<string>;
  /** Changes it. `changed` says which properties did; tags are not among them. */
  readonly update: (context: AwsContext, id: string, change: Change) => Promise<void>;
  readonly retag?: (context: AwsContext, id: string, tags: TagChange) => Promise<void>;
  /** `undefined` when it is gone. `known` is the state so far. */
  readonly read: (context: AwsContext, id: string, known: PropertyMap) => Promise<FoundObject | undefined>;
  readonly remove: (context: AwsContext, id: string, state: PropertyMap) => Promise<void>;
}

/** One update. */
export interface Change {
  readonly inputs: PropertyMap;
  readonly state: PropertyMap;
  /** True when one of these properties differs. */
  readonly of: (...names: readonly string[]) => boolean;
}

/** Tags before and after an update. */
export interface TagChange {
  readonly from: Tags;
  readonly to: Tags;
  readonly state: PropertyMap;
}

/** What all resources of one provider share. */
export interface AwsSession {
  readonly clients: Clients;
  readonly region: string;
  readonly defaultTags: Tags;
}

/** The life of an AWS object as the official plugin (a Terraform provider behind a bridge) leads it. */
export function awsResource(resource: AwsResource, session: () => AwsSession): ResourceHandler {
  const { writeOnly = [] } = resource;
  const unknownReason = (name: string): string =>
    resource.unsupported.includes(name)
      ? new NotInStandIn("aws", `Property ${name}`).message
      : `${name} is not known to the stand-in for the "aws" plugin; the official one may know it`;
  const fields: Readonly<Record<string, Field>> = {
    ...resource.fields,
    ...(resource.regional ? { region: { forceNew: true, computed: true } } : {}),
    ...(resource.taggable ? { tags: {} } : {}),
  };
  const compared = Object.fromEntries(Object.entries(fields).filter(([name]) => !writeOnly.includes(name)));
  const context = (state: PropertyMap, signal: AbortSignal): AwsContext => {
    const { clients, region } = session();
    return { clients, region: textOf(state["region"], region), signal };
  };
  const settle = (inputs: PropertyMap): PropertyMap => {
    const region = resource.regional ? { region: session().region } : {};
    return { ...defaultsOf(fields), ...region, ...inputs };
  };
  const allTags = (inputs: PropertyMap): Tags => ({ ...session().defaultTags, ...tagsOf(inputs["tags"]) });
  const tagOutputs = (inputs: PropertyMap): PropertyMap =>
    resource.taggable ? { tagsAll: containsUnknown(inputs["tags"]) ? UNKNOWN : { ...allTags(inputs) } } : {};
  const state = (properties: PropertyMap): PropertyMap => keptState(properties, resource);
  const found = async (call: AwsContext, id: string, known: PropertyMap): Promise<PropertyMap | undefined> => {
    const object = await resource.read(call, id, known);
    if (object === undefined) return undefined;
    const tags = object.tags === undefined ? {} : tagState(object.tags, tagsOf(known["tags"]), session().defaultTags);
    return { ...(resource.regional ? { region: call.region } : {}), ...object.properties, ...tags };
  };

  return {
    check: ({ newInputs, oldInputs, name }) => {
      const inputs = autonamed(resource.autoname, asDocuments(newInputs, resource.documents ?? []), oldInputs, name);
      return Promise.resolve({ inputs, failures: failuresOf(resource, fields, inputs, unknownReason) });
    },
    diff: ({ oldOutputs, newInputs }) => {
      const settled = settle(newInputs);
      const plain = compare(oldOutputs, settled, compared);
      const diff = resource.refine?.(plain, oldOutputs, settled) ?? plain;
      const detailed = { ...diff.detailed };
      // Tags of the provider's own settings: no input of the resource shows them.
      if (resource.taggable && Object.keys(detailed).every((path) => !path.startsWith("tags"))) {
        const known = containsUnknown(newInputs["tags"]);
        if (!known && !equal(oldOutputs["tagsAll"] ?? {}, { ...allTags(settled) }))
          detailed["tagsAll"] = { kind: "update" };
      }
      const replace = Object.values(detailed).some(({ kind }) => kind.endsWith("-replace"));
      const deleteBeforeReplace = replace && keepsChosenName(resource.autoname, oldOutputs, newInputs);
      return Promise.resolve({ ...diff, detailed, deleteBeforeReplace });
    },
    create: async ({ inputs, preview, signal }) => {
      const settled = settle(inputs);
      if (preview) {
        const missing = resource.computed.filter((name) => settled[name] === undefined);
        const unknown = Object.fromEntries(missing.map((name) => [name, UNKNOWN]));
        return { id: "", outputs: state({ ...settled, ...unknown, ...tagOutputs(settled) }) };
      }
      const plain = revealed(settled);
      const call = context(plain, signal);
      const id = await resource.create(call, plain, allTags(plain));
      return { id, outputs: state({ ...settled, ...tagOutputs(settled), ...(await found(call, id, plain)) }) };
    },
    read: async ({ id, oldInputs, oldOutputs, signal }) => {
      const known = revealed({ ...settle(oldOutputs), ...writeOnlyOf(oldInputs, writeOnly) });
      const call = context(known, signal);
      const properties = await found(call, id, known);
      if (properties === undefined) return undefined;
      const imported = Object.keys(oldInputs).length === 0;
      const outputs = state({ ...settle(oldOutputs), ...properties });
      const inputs = imported ? importedInputs(outputs, fields) : refreshedInputs(oldInputs, outputs, compared);
      return { id: textOf(properties["id"], id), outputs, inputs };
    },
    update: async ({ id, newInputs, oldOutputs, preview, signal }) => {
      const settled = settle(newInputs);
      const kept = Object.fromEntries(resource.computed.map((name) => [name, oldOutputs[name]]));
      if (preview) {
        const changing = resource.changing?.(oldOutputs, settled) ?? [];
        const unknown = Object.fromEntries(changing.map((name) => [name, UNKNOWN]));
        return state({ ...kept, ...settled, ...unknown, ...tagOutputs(settled) });
      }
      const [inputs, old] = [revealed(settled), revealed(oldOutputs)];
      const call = context(inputs, signal);
      const changed = Object.keys(compare(old, inputs, compared).detailed).map((path) => path.split(/[.[]/, 1)[0]);
      const of = (...names: readonly string[]) => names.some((name) => changed.includes(name));
      await resource.update(call, id, { inputs, state: old, of });
      const [from, to] = [tagsOf(old["tagsAll"]), allTags(inputs)];
      if (resource.taggable && !equal({ ...from }, { ...to }))
        await resource.retag?.(call, id, { from, to, state: old });
      return state({ ...kept, ...settled, ...tagOutputs(settled), ...(await found(call, id, inputs)) });
    },
    delete: async ({ id, oldOutputs, signal }) => {
      const known = revealed(settle(oldOutputs));
      await resource.remove(context(known, signal), id, known);
    },
  };
}

/** pulumi/pulumi-terraform-bridge, pkg/tfbridge/x/transform_json_document.go */
function asDocuments(inputs: PropertyMap, names: readonly string[]): PropertyMap {
  const texts = names.flatMap((name) => {
    const value = inputs[name];
    if (!isMap(value)) return [];
    return [[name, containsUnknown(value) ? UNKNOWN : documentText(value)] as const];
  });
  return { ...inputs, ...Object.fromEntries(texts) };
}

function writeOnlyOf(inputs: PropertyMap, names: readonly string[]): PropertyMap {
  return Object.fromEntries(names.map((name) => [name, inputs[name]]));
}

// What a refresh tells the program about: inputs it set, with the values AWS has now. A field with two spellings keeps the program's.
function refreshedInputs(
  inputs: PropertyMap,
  outputs: PropertyMap,
  fields: Readonly<Record<string, Field>>,
): PropertyMap {
  const entries = Object.entries(inputs).map(([name, value]): [string, Value | undefined] => {
    const field = fields[name];
    const now = outputs[name];
    if (field === undefined || now === undefined) return [name, value];
    return [name, (field.same ?? equal)(value, now) ? value : now];
  });
  return Object.fromEntries(entries);
}
