import type { Issue } from "../../support/messages/errors.ts";
import type { Entropy } from "../entropy.ts";
import { base64Kind, hexKind, type Base64Recipe, type HexRecipe } from "./bytes.ts";
import type { RandomKind } from "./contract.ts";
import { keyPairKind, sshKeyPairKind, type KeyPairRecipe, type SshKeyPairRecipe } from "./key-pair.ts";
import { passphraseKind, type PassphraseRecipe } from "./passphrase.ts";
import { passwordKind, type PasswordRecipe } from "./password.ts";
import { uuidKind, type UuidRecipe } from "./uuid.ts";

/** Recipes whose value is random, and therefore frozen until the secret's rotation epoch moves. */
export type RandomRecipe =
  PasswordRecipe | HexRecipe | Base64Recipe | UuidRecipe | PassphraseRecipe | SshKeyPairRecipe | KeyPairRecipe;

/** A row for each kind of random recipe. One without its row does not compile. */
const kinds: { readonly [K in RandomRecipe["kind"]]: RandomKind<Extract<RandomRecipe, { kind: K }>> } = {
  password: passwordKind,
  hex: hexKind,
  base64: base64Kind,
  uuid: uuidKind,
  passphrase: passphraseKind,
  "ssh-key-pair": sshKeyPairKind,
  "key-pair": keyPairKind,
};

/** Whether the value is random: made once, then frozen. */
export function isRandom(recipe: { readonly kind: string }): recipe is RandomRecipe {
  return Object.hasOwn(kinds, recipe.kind);
}

/** Makes a value by its recipe. */
export function generate(recipe: RandomRecipe, entropy: Entropy): string {
  return kindOf(recipe).generate(recipe, entropy);
}

/** Canonical text of a recipe: equal recipes give equal texts. */
export function fingerprint(recipe: RandomRecipe): string {
  return kindOf(recipe).fingerprint(recipe);
}

/** Strength in bits, for the environment's minimum. */
export function strength(recipe: RandomRecipe): number {
  return kindOf(recipe).strength(recipe);
}

/** Longest value in characters, for the limits of bcrypt and of stores. */
export function maximumLength(recipe: RandomRecipe): number {
  return kindOf(recipe).maximumLength(recipe);
}

/** Shortest value in characters. */
export function minimumLength(recipe: RandomRecipe): number {
  const kind = kindOf(recipe);
  return kind.minimumLength?.(recipe) ?? kind.maximumLength(recipe);
}

/** How a value gets stronger. */
export function stronger(recipe: RandomRecipe): string {
  return kindOf(recipe).stronger ?? "make it longer, or allow more kinds of characters";
}

/** Every character that a value may hold. */
export function characters(recipe: RandomRecipe): string {
  return kindOf(recipe).characters(recipe);
}

/** Why no value can be made; `undefined` where it can. */
export function recipeProblem(recipe: RandomRecipe): Omit<Issue, "path"> | undefined {
  return kindOf(recipe).problem(recipe);
}

/** Whether the value may be weaker than the environment's minimum. */
export function mayBeWeak(recipe: RandomRecipe): boolean {
  return kindOf(recipe).mayBeWeak?.(recipe) ?? false;
}

/** The row of a recipe, which is the one for its own kind. */
function kindOf(recipe: RandomRecipe): RandomKind<RandomRecipe> {
  return kinds[recipe.kind];
}
