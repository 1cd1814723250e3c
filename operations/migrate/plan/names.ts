import { wordsOf } from "../secret-looking.ts";

/** A name of the catalogue: lowercase letters, digits and dashes. */
export function slugOf(name: string): string {
  const slug = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^[^a-z]+|-+$/g, "");
  return slug === "" ? "migrated" : slug.slice(0, 60);
}

/** A configuration key, such as `shopEnvApiKey` of `shop-env API_KEY`. */
export function camelCase(text: string): string {
  const [first = "value", ...others] = wordsOf(text);
  const name = [first, ...others.map((word) => `${word.slice(0, 1).toUpperCase()}${word.slice(1)}`)].join("");
  return (/^[a-z]/.test(name) ? name : `value${name}`).slice(0, 120);
}
