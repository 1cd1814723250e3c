import { isMap, type PropertyMap, reveal, textOf, type Value } from "../support/values.ts";

/** Tags by name. */
export type Tags = Readonly<Record<string, string>>;

/** A property that holds tags. */
export function tagsOf(value: Value | undefined): Tags {
  const plain = value === undefined ? null : reveal(value);
  if (!isMap(plain)) return {};
  return Object.fromEntries(Object.entries(plain).map(([key, item]) => [key, textOf(item)]));
}

/** Tags as most services list them. */
export function tagList(tags: Tags): { Key: string; Value: string }[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

/** Tags of a service's list. */
export function tagMap(list: readonly { Key?: string | undefined; Value?: string | undefined }[] = []): Tags {
  return Object.fromEntries(list.map(({ Key = "", Value = "" }) => [Key, Value]));
}

/** What must be set and what removed to get from one to the other. */
export function tagChanges(from: Tags, to: Tags): { readonly set: Tags; readonly remove: readonly string[] } {
  const changed = Object.entries(to).filter(([key, value]) => from[key] !== value);
  return { set: Object.fromEntries(changed), remove: Object.keys(from).filter((key) => !(key in to)) };
}

/**
 * The two properties that say tags: `tags` are the program's, `tagsAll` those of the object. A default tag shows in `tags` only when
 * the program repeats it (hashicorp/terraform-provider-aws, internal/tags/key_value_tags.go: ResolveDuplicates).
 */
export function tagState(all: Tags, own: Tags, defaults: Tags): PropertyMap {
  const shown = Object.entries(all).filter(([key, value]) => key in own || defaults[key] !== value);
  return { tags: Object.fromEntries(shown), tagsAll: { ...all } };
}
