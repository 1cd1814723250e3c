/** A value by a name that people chose: one that every object of JavaScript has, such as `constructor`, is none. */
export function own<T>(values: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(values, name) ? values[name] : undefined;
}
