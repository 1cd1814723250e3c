import { isMap, type PropertyMap, Secret, secret, Unknown, UNKNOWN, type Value } from "../support/values.ts";

/**
 * What a resource will look like: the inputs, and everything that Azure fills in as unknown. `properties.vaultUri` stands for a part
 * of an object.
 */
export function previewOutputs(inputs: PropertyMap, computed: readonly string[]): PropertyMap {
  const outputs: PropertyMap = { ...inputs };
  for (const path of computed) {
    const [name = "", part] = path.split(".");
    if (part === undefined) {
      outputs[name] = inputs[name] ?? UNKNOWN;
      continue;
    }
    outputs[name] = withUnknown(outputs[name], part);
  }
  return outputs;
}

function withUnknown(value: Value | undefined, part: string): Value {
  if (value instanceof Secret) return new Secret(withUnknown(value.value, part));
  if (value instanceof Unknown || value === undefined || !isMap(value)) return UNKNOWN;
  return { ...value, [part]: value[part] ?? UNKNOWN };
}

/** Marks as secret what is secret among the inputs, at the same place (pulumi, provider_plugin.go: annotateSecrets). */
export function markedAs(inputs: PropertyMap, outputs: PropertyMap): PropertyMap {
  const marked: PropertyMap = {};
  for (const [name, value] of Object.entries(outputs)) {
    const input = inputs[name];
    if (value === undefined) continue;
    if (input instanceof Secret) marked[name] = secret(value);
    else marked[name] = isMap(input) && isMap(value) ? markedAs(input, value) : value;
  }
  return marked;
}
