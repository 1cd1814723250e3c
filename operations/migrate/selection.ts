/** Which settings of a source are migrated, where it holds others than secrets as well. Pure. */

export interface Selection {
  /** Exactly these; empty: those whose names are those of secrets, and `take`. By name, with the name to give them. */
  readonly only: ReadonlyMap<string, string>;
  /** These as well. */
  readonly take: ReadonlyMap<string, string>;
  /** None of these. */
  readonly leave: ReadonlySet<string>;
}

/** What names alone decide. */
export const byName: Selection = { only: new Map(), take: new Map(), leave: new Set() };

/** The name under which a setting is migrated; `undefined` where it is left. */
export function selects({ only, take, leave }: Selection, name: string, looksSecret: boolean): string | undefined {
  if (leave.has(name)) return undefined;
  if (only.size > 0) return only.get(name);
  return take.get(name) ?? (looksSecret ? name : undefined);
}

/** `NAME` or `NAME=KEY`: a setting, and the key that it becomes. */
export function named(entries: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    entries.map((entry) => {
      const [name = "", ...key] = entry.split("=");
      return [name, key.length === 0 ? name : key.join("=")] as const;
    }),
  );
}
