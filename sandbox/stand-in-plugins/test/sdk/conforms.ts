import assert from "node:assert/strict";
import type { ResourceHandler, StandInProvider } from "../../support/provider.ts";
import { containsUnknown, isMap, type PropertyMap, reveal, Secret, type Value } from "../../support/values.ts";
import { functionSchema, type Properties, type ResourceSchema, resourceSchema, type Shape } from "./schema.ts";

/** A provider whose every answer is held to the SDK's types: names, types, and what must be secret. */
export function held(provider: StandInProvider): StandInProvider {
  return {
    ...provider,
    resource: (type) => heldResource(provider.resource(type), () => Promise.resolve(type)),
    invoke: async (request) => {
      const result = await provider.invoke(request);
      assert.deepEqual(misfits(result, functionSchema(request.token).result), [], request.token);
      return result;
    },
  };
}

/** The same for one resource; its token may be known later only. */
export function heldResource(handler: ResourceHandler, token: () => Promise<string>): ResourceHandler {
  const hold = async (outputs: PropertyMap): Promise<void> => {
    const type = await token();
    assert.deepEqual(outputMisfits(outputs, resourceSchema(type)), [], type);
  };
  return {
    ...handler,
    create: async (request) => {
      const created = await handler.create(request);
      await hold(created.outputs);
      return created;
    },
    read: async (request) => {
      const found = await handler.read(request);
      if (found !== undefined) await hold(found.outputs);
      return found;
    },
    update: async (request) => {
      const outputs = await handler.update(request);
      await hold(outputs);
      return outputs;
    },
  };
}

/** What of a resource's outputs the schema does not have, has with another type, or wants secret. */
export function outputMisfits(outputs: PropertyMap, schema: ResourceSchema): readonly string[] {
  // The bridge keeps inputs in the state, those among them that are no outputs (`__inputs` and the like are notes).
  const known = new Map([...schema.inputs, ...schema.outputs]);
  const visible = Object.fromEntries(Object.entries(outputs).filter(([name]) => !/^(__|id$)/.test(name)));
  const clear = schema.secretOutputs
    .filter((name) => ![undefined, null].includes(outputs[name] as null) && !(outputs[name] instanceof Secret))
    .map((name) => `${name} is not secret`);
  return [...misfits(visible, known), ...clear];
}

function misfits(map: PropertyMap, properties: Properties, base = ""): readonly string[] {
  return Object.entries(map).flatMap(([name, value]) => {
    const property = properties.get(name);
    if (property === undefined) return [`${base}${name} is unknown to the SDK`];
    return wrong(value, property.shape, `${base}${name}`);
  });
}

/** Why a value is not of a shape. */
function wrong(value: Value | undefined, shape: Shape, path: string): readonly string[] {
  if (value === undefined || value === null || containsUnknown(value)) return [];
  const plain = reveal(value);
  switch (shape.kind) {
    case "any":
      return [];
    case "union": {
      const each = shape.of.map((alternative) => wrong(plain, alternative, path));
      return each.some((reasons) => reasons.length === 0) ? [] : (each[0] ?? []);
    }
    case "list":
      return Array.isArray(plain)
        ? plain.flatMap((item: Value, index) => wrong(item, shape.of, `${path}[${index}]`))
        : [`${path} is no list`];
    case "map":
      return isMap(plain)
        ? Object.entries(plain).flatMap(([key, item]) => wrong(item, shape.of, `${path}.${key}`))
        : [`${path} is no map`];
    case "object":
      return isMap(plain) ? misfits(plain, shape.members(), `${path}.`) : [`${path} is no object`];
    default:
      return typeof plain === shape.kind ? [] : [`${path} is no ${shape.kind}`];
  }
}
