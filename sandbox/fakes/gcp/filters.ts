/** https://cloud.google.com/secret-manager/docs/filtering: the part that the operator and the plugin use, and no guess at the rest. */
import { notInFake } from "./errors.ts";
import { invalid } from "./secret-manager/rules.ts";
import type { StoredSecret, StoredVersion } from "./state.ts";

/** Whether a secret passes: terms such as `labels.app=shop` and `name:prefix`, all of which must hold. */
export function secretFilter(filter: string): (secret: StoredSecret) => boolean {
  const tests = terms(filter).map(({ field, operator, value }) => {
    const [, label] = /^labels\.(.+)$/.exec(field) ?? [];
    if (label !== undefined && operator === "=") return (secret: StoredSecret) => secret.labels[label] === value;
    if (label !== undefined && value === "*") return (secret: StoredSecret) => secret.labels[label] !== undefined;
    if (field === "name" && operator === ":") return (secret: StoredSecret) => secret.id.includes(value);
    throw notInFake(`the filter [${filter}]`);
  });
  return (secret) => tests.every((test) => test(secret));
}

/** Whether a version passes: `state:ENABLED` only. */
export function versionFilter(filter: string): (version: StoredVersion) => boolean {
  const tests = terms(filter).map(({ field, value }) => {
    if (field !== "state") throw notInFake(`the filter [${filter}]`);
    return ({ state }: StoredVersion) => state === value;
  });
  return (version) => tests.every((test) => test(version));
}

/** One page of a list; the token is the number of what came before. */
export function page<Item>(
  items: readonly Item[],
  size: number,
  token: string,
): { items: readonly Item[]; next?: string } {
  if (!Number.isInteger(size) || size < 0) throw invalid(`Field [page_size] is not valid: [${size}].`);
  const start = token === "" ? 0 : Number(Buffer.from(token, "base64url").toString("utf8"));
  if (!Number.isInteger(start) || start < 0) throw invalid("Field [page_token] is not valid.");
  const end = start + (size === 0 ? DEFAULT_PAGE : Math.min(size, LARGEST_PAGE));
  const next = end < items.length ? { next: Buffer.from(String(end)).toString("base64url") } : {};
  return { items: items.slice(start, end), ...next };
}

const DEFAULT_PAGE = 100;
const LARGEST_PAGE = 25_000;

function terms(filter: string): { field: string; operator: string; value: string }[] {
  const parts = filter.split(/\s+(?:AND\s+)?/).filter((part) => part !== "" && part !== "AND");
  return parts.map((part) => {
    const [, field, operator, quoted, plain] = /^([A-Za-z0-9_.-]+)([:=])(?:"([^"]*)"|([^"()]+))$/.exec(part) ?? [];
    if (field === undefined || operator === undefined) throw notInFake(`the filter [${filter}]`);
    return { field, operator, value: quoted ?? plain ?? "" };
  });
}
