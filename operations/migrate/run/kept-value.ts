import { isRecord } from "../../../components/support/is-record.ts";
import { jsonObject } from "../../../components/support/json-object.ts";
import { valueAt } from "../../../components/support/value-at.ts";

/**
 * A generated value out of what `pulumi stack export --show-secrets` prints; `undefined` where there is none. A secret is an object
 * there, whose `plaintext` is JSON. Pure.
 *
 * @param name its logical name: `<app>/<secret>/<key>`, with `@<epoch>` after a rotation.
 */
export function keptValue(exported: string, name: string): string | undefined {
  const resources = valueAt(jsonObject(exported), ["deployment", "resources"]);
  const found = (Array.isArray(resources) ? resources : [])
    .filter(isRecord)
    .find(({ type, urn }) => type === "pulumi:index:Stash" && String(urn).endsWith(`::${name}`));
  const output = valueAt(found, ["outputs", "output"]);
  const plain = valueAt(output, ["plaintext"]);
  const value = valueAt(typeof plain === "string" ? jsonObject(plain) : output, ["value"]);
  return typeof value === "string" ? value : undefined;
}
