/**
 * The same entries, in the order of their keys. Keys that look like array indices come first, by number, as in every
 * object of JavaScript.
 */
export function sortedByKey<T>(record: Readonly<Record<string, T>>): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/**
 * JSON of an object in the order of its keys: equal entries give equal texts. Nested objects keep their order.
 *
 * Payloads in stores and digests in states depend on each byte. So it is no `safe-stable-stringify`, which puts key `10`
 * before key `2`.
 */
export function canonicalJson(record: Readonly<Record<string, unknown>>): string {
  return JSON.stringify(sortedByKey(record));
}
