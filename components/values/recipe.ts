import type { AlternatingRecipe } from "./alternating.ts";
import type { DockerConfigRecipe } from "./docker-config.ts";
import type { HtpasswdRecipe } from "./htpasswd.ts";
import type { PreviousRecipe } from "./previous-of.ts";
import type { PublicKeyRecipe } from "./public-key.ts";
import type { RandomRecipe } from "./recipes/index.ts";

/**
 * Recipes say how the value of one key comes to be. They are plain data; `catalogue.ts` is written with the functions
 * below.
 */

export { alternating, type AlternatingRecipe } from "./alternating.ts";
export { dockerConfig, type DockerConfigRecipe } from "./docker-config.ts";
export { htpasswd, type HtpasswdRecipe } from "./htpasswd.ts";
export { previousOf, type PreviousRecipe } from "./previous-of.ts";
export { base64Bytes, hexToken, type Base64Recipe, type HexRecipe } from "./recipes/bytes.ts";
export { publicKeyOf, type PublicKeyFormat, type PublicKeyRecipe } from "./public-key.ts";
export { isRandom, type RandomRecipe } from "./recipes/index.ts";
export { keyPair, sshKeyPair, type KeyPairRecipe, type KeyType, type SshKeyPairRecipe } from "./recipes/key-pair.ts";
export { passphrase, type PassphraseRecipe } from "./recipes/passphrase.ts";
export { password, type CharacterClass, type PasswordRecipe } from "./recipes/password.ts";
export { uuid, type UuidRecipe } from "./recipes/uuid.ts";

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
  /** What the value is in the configuration and in stores. The Secret has its bytes. Default: the value is text. */
  readonly encoding?: "base64";
}
/** bcrypt hash of another key of the same secret. */
export interface BcryptRecipe {
  readonly kind: "bcrypt";
  readonly of: string;
}
/**
 * Text with `${KEY}` and `${KEY|filter}` for other keys of the same secret (`template-filters.ts`), and `${fact:NAME}` for
 * facts of the environment (`templateFacts`); `$${` is the text `${`.
 */
export interface TemplateRecipe {
  readonly kind: "template";
  readonly text: string;
}
/** RFC 3339 time at which the secret was last rotated. */
export interface RotatedAtRecipe {
  readonly kind: "rotated-at";
}

/** Recipes whose value is made of other keys of the same secret. */
export type DerivedRecipe = BcryptRecipe | DockerConfigRecipe | HtpasswdRecipe | PublicKeyRecipe | TemplateRecipe;

export type Recipe =
  RandomRecipe | AlternatingRecipe | LiteralRecipe | PreviousRecipe | ProvidedRecipe | RotatedAtRecipe | DerivedRecipe;

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

/**
 * Bytes that people must provide, such as a Java keystore or a keytab, in base64: `base64 < keystore.p12 | pulumi config set
 * --secret <config>`. Stores hold the base64; Secrets have the bytes.
 */
export function providedBytes(config: string): ProvidedRecipe {
  return { ...provided(config), encoding: "base64" };
}

/** Bytes that people may provide; without them the key is left out. */
export function providedBytesOptionally(config: string): ProvidedRecipe {
  return { ...providedOptionally(config), encoding: "base64" };
}

/** Whether a Secret has the bytes that a value is the base64 of. */
export function isBytes(recipe: Recipe | undefined): boolean {
  return recipe?.kind === "provided" && recipe.encoding === "base64";
}

/** The bcrypt hash (cost 10) of another key of the same secret, at most 72 bytes; stable until that key changes. */
export function bcryptOf(key: string): BcryptRecipe {
  return { kind: "bcrypt", of: key };
}

/**
 * A text made of other keys of the same secret and of facts of the environment, such as a connection string. Absent where
 * one of those keys is.
 */
export function template(text: string): TemplateRecipe {
  return { kind: "template", text };
}

/** The time of the last rotation, as Argo CD wants it beside its password hash. */
export function rotatedAt(): RotatedAtRecipe {
  return { kind: "rotated-at" };
}
