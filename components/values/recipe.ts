/**
 * Recipes say how the value of one key comes to be. They are plain data; `catalogue.ts` is written with the functions
 * below.
 */

/** Character classes a password may draw from; `symbols` lists its characters, since databases and URLs differ. */
export type CharacterClass = "lower" | "upper" | "digits" | "symbols";

export interface PasswordRecipe {
  readonly kind: "password";
  /** Characters. */
  readonly length: number;
  /** Each class appears at least once. */
  readonly classes: readonly CharacterClass[];
  /** Characters of the class `symbols`. */
  readonly symbols: string;
  /** Whether it only names somebody, and another value protects: then no minimum of strength applies. Default: no. */
  readonly identifies?: true;
}
export interface HexRecipe {
  readonly kind: "hex";
  /** Random bytes; the value has twice as many characters. */
  readonly bytes: number;
}
export interface Base64Recipe {
  readonly kind: "base64";
  /** Random bytes before encoding. */
  readonly bytes: number;
}
export interface UuidRecipe {
  readonly kind: "uuid";
}
/** A value that is no secret by itself (a user name, a database name) and lives beside secrets. */
export interface LiteralRecipe {
  readonly kind: "literal";
  readonly value: string;
}
/** A value that people bring, read from Pulumi's secret configuration. */
export interface ProvidedRecipe {
  readonly kind: "provided";
  /** Configuration key, without the project's prefix. */
  readonly config: string;
  /** Whether the environment can do without it; the key is then absent from the Secret. */
  readonly optional: boolean;
}
/** bcrypt hash of another key of the same secret. */
export interface BcryptRecipe {
  readonly kind: "bcrypt";
  readonly of: string;
}
/** Text with `${KEY}` and `${KEY|uri}` (percent-encoded) for other keys of the same secret. */
export interface TemplateRecipe {
  readonly kind: "template";
  readonly text: string;
}
/** RFC 3339 time at which the secret was last rotated. */
export interface RotatedAtRecipe {
  readonly kind: "rotated-at";
}

/** Recipes whose value is random, and therefore frozen until the secret's rotation epoch moves. */
export type GeneratedRecipe = PasswordRecipe | HexRecipe | Base64Recipe | UuidRecipe;
export type Recipe = GeneratedRecipe | LiteralRecipe | ProvidedRecipe | BcryptRecipe | TemplateRecipe | RotatedAtRecipe;

/** A password. Default: 32 characters of lower case, upper case and digits (190 bits), safe in URLs and shells. */
export function password(options: Partial<Omit<PasswordRecipe, "kind">> = {}): PasswordRecipe {
  const symbols = options.symbols ?? "";
  return {
    kind: "password",
    length: options.length ?? 32,
    classes: options.classes ?? ["lower", "upper", "digits", ...(symbols === "" ? [] : (["symbols"] as const))],
    symbols,
    ...(options.identifies === undefined ? {} : { identifies: options.identifies }),
  };
}

/** A token of `bytes` random bytes in lower-case hexadecimal. Default: 32 bytes. */
export function hexToken(bytes = 32): HexRecipe {
  return { kind: "hex", bytes };
}

/** `bytes` random bytes in standard base64 with padding. Default: 32 bytes. */
export function base64Bytes(bytes = 32): Base64Recipe {
  return { kind: "base64", bytes };
}

/** A random UUID, version 4. */
export function uuid(): UuidRecipe {
  return { kind: "uuid" };
}

/** A fixed value. */
export function literal(value: string): LiteralRecipe {
  return { kind: "literal", value };
}

/** A value that people must provide: `pulumi config set --secret <config>`. */
export function provided(config: string): ProvidedRecipe {
  return { kind: "provided", config, optional: false };
}

/** A value that people may provide; without it the key is left out. */
export function providedOptionally(config: string): ProvidedRecipe {
  return { kind: "provided", config, optional: true };
}

/** The bcrypt hash (cost 10) of another key of the same secret, stable until that key changes. */
export function bcryptOf(key: string): BcryptRecipe {
  return { kind: "bcrypt", of: key };
}

/** A text made of other keys of the same secret, such as a connection string. */
export function template(text: string): TemplateRecipe {
  return { kind: "template", text };
}

/** The time of the last rotation, as Argo CD wants it beside its password hash. */
export function rotatedAt(): RotatedAtRecipe {
  return { kind: "rotated-at" };
}

/** Whether the value is random: made once, then frozen. */
export function isGenerated(recipe: Recipe): recipe is GeneratedRecipe {
  return recipe.kind === "password" || recipe.kind === "hex" || recipe.kind === "base64" || recipe.kind === "uuid";
}
