/** Whether a value is an object with names and values: no list, and not `null`, which JavaScript calls an object too. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
