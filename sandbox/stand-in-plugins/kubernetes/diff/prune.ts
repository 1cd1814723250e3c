import { isJsonMap, type Json, type JsonMap } from "../../support/values.ts";

/**
 * What is left of a live object when everything that the program never set is taken out: defaults, status, and what
 * controllers added (pulumi/pulumi-kubernetes, provider.go: pruneLiveState).
 */
export function prune(live: JsonMap, shape: JsonMap): JsonMap {
  const out: JsonMap = {};
  for (const [key, wanted] of Object.entries(shape)) {
    const value = live[key];
    if (value === undefined || wanted === undefined) continue;
    out[key] = pruneValue(value, wanted);
  }
  return out;
}

function pruneValue(value: Json, shape: Json): Json {
  if (isJsonMap(value) && isJsonMap(shape)) return prune(value, shape);
  if (!Array.isArray(value) || !Array.isArray(shape)) return value;
  // Elements that the program does not have stay whole: that they are there is the difference.
  return value.map((item, index) => {
    const wanted = shape[index];
    return wanted === undefined ? item : pruneValue(item, wanted);
  });
}
