/** The name of one of two accounts: each rotation hands out the other one, with a new password. */
export interface AlternatingRecipe {
  readonly kind: "alternating";
  readonly names: readonly [string, string];
}

/** Two accounts by turns. The first one is handed out until the first rotation. */
export function alternating(first: string, second: string): AlternatingRecipe {
  return { kind: "alternating", names: [first, second] };
}

/** The name that follows another: the first one where that is none of the two. */
export function nextName({ names: [first, second] }: AlternatingRecipe, name: string): string {
  return name === first ? second : first;
}
