/** A value that parsing has guaranteed. */
export function required<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`${what} is missing, which parsing should have found`);
  return value;
}
