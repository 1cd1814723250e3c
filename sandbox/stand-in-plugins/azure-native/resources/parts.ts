import { isJsonMap, type Json, type JsonMap, type PropertyMap, toJson, type Value } from "../../support/values.ts";

/** The ID of a resource in a resource group. */
export function groupId(subscriptionId: string, group: Value | undefined, rest: string): string {
  return `/subscriptions/${subscriptionId}/resourceGroups/${text(group)}/providers/${rest}`;
}

/** The part of an ID behind a segment, in whatever case: `segmentOf(id, "resourceGroups")`. */
export function segmentOf(id: string, segment: string): string {
  const parts = id.split("/");
  const index = parts.findIndex((part) => part.toLowerCase() === segment.toLowerCase());
  const found = index < 0 ? undefined : parts[index + 1];
  if (found === undefined) throw new Error(`the resource ID "${id}" has no ${segment}`);
  return found;
}

/** The given inputs as JSON, without what is not set. */
export function picked(inputs: PropertyMap, names: readonly string[]): JsonMap {
  const entries = names.flatMap((name): [string, Json][] => {
    const value = inputs[name];
    return value === undefined ? [] : [[name, toJson(value)]];
  });
  return Object.fromEntries(entries);
}

/** The envelope of every answer (`name`, `type`, and `location` and `tags` where there are any), without its ID. */
export function envelopeOf(answer: JsonMap): PropertyMap {
  const { name, type, location, tags } = answer;
  return {
    ...(name === undefined ? {} : { name }),
    ...(type === undefined ? {} : { type }),
    ...(location === undefined ? {} : { location }),
    ...(isJsonMap(tags) && Object.keys(tags).length > 0 ? { tags: tags } : {}),
  };
}

/** The answer's `properties`. */
export function propertiesOf(answer: JsonMap): JsonMap {
  const properties = answer["properties"];
  return isJsonMap(properties) ? properties : {};
}

/** An input that is a text. */
export function text(value: Value | undefined): string {
  if (typeof value === "string") return value;
  throw new Error("an input that is part of a resource ID is not a text");
}
