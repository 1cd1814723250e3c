/** A name of a tag that a cloud takes for another one, which it differs from by case alone. */
export interface CaseTwin {
  readonly name: string;
  readonly other: string;
  /** Whether the other one is set here, and not by the facts. */
  readonly ours: boolean;
}

/**
 * Names of tags in the facts that a cloud can't tell from another: one that is set here, or one that stands before them
 * in the facts. The very name of one of ours is none: the facts' value then stands where ours is not set. Pure.
 */
export function caseTwins(given: readonly string[], ours: readonly string[]): readonly CaseTwin[] {
  const own = new Map(ours.map((name) => [name.toLowerCase(), name]));
  const first = new Map<string, string>();
  return given.flatMap((name): readonly CaseTwin[] => {
    const key = name.toLowerCase();
    const mine = own.get(key);
    if (mine !== undefined && mine !== name) return [{ name, other: mine, ours: true }];
    const other = first.get(key);
    first.set(key, other ?? name);
    return other === undefined ? [] : [{ name, other, ours: false }];
  });
}

/** The problem with a twin, for a cloud or service that takes the two for one. */
export function twinProblem({ other, ours }: CaseTwin, who: string): string {
  const reason = `${who} tells tags apart without case`;
  return `must not differ from "${other}" by case alone: ${ours ? `that tag is set here, and ${reason}` : reason}`;
}
