/**
 * The options of a recipe, without those that are undefined. Nothing type-checks a catalogue before an `up`: what is no
 * object is handed on as the field `options`, for the check to find.
 */
export function givenOptions<T extends object>(options: T): T {
  const isOptions = typeof options === "object" && (options as T | null) !== null;
  const entries = Object.entries(isOptions ? options : { options });
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined)) as T;
}
