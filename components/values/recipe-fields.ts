import { z } from "zod";
import { mostOverlapDays } from "./previous-of.ts";
import type { Recipe } from "./recipe.ts";
import { publicKeyFormats } from "./public-key.ts";
import { mostBytes } from "./recipes/bytes.ts";
import { keyTypes } from "./recipes/key-pair.ts";
import { mostWords } from "./recipes/passphrase.ts";
import { characterClasses, mostCharacters } from "./recipes/password.ts";

const keyType = z.enum(keyTypes, { error: `must be one of ${keyTypes.join(", ")}` });

/**
 * The fields of each kind of recipe, for a catalogue whose types nothing has checked. Each message says what the field must
 * be. Ranges are the recipes' own: a number may be any here.
 */
export const recipeFields: {
  readonly [K in Recipe["kind"]]: FieldsOf<Extract<Recipe, { readonly kind: K }>>;
} = {
  password: {
    length: number(`must be a whole number of characters, at most ${mostCharacters}`),
    classes: z.array(z.enum(characterClasses, { error: `must be one of ${characterClasses.join(", ")}` }), {
      error: `must be a list of classes, each one of ${characterClasses.join(", ")}`,
    }),
    symbols: text('must be a text of symbols, such as "-_."'),
    identifies: z.literal(true, { error: "must be true, or left out" }).optional(),
  },
  hex: { bytes: number(`must be a whole number of bytes, from 1 to ${mostBytes}`) },
  base64: { bytes: number(`must be a whole number of bytes, from 1 to ${mostBytes}`) },
  uuid: {},
  passphrase: {
    words: number(`must be a whole number of words, from 1 to ${mostWords}`),
    separator: text('must be a text, such as "-", or empty'),
  },
  "ssh-key-pair": {
    type: keyType,
    comment: text('must be a text, such as "argocd@example.com"').optional(),
  },
  "key-pair": { type: keyType },
  literal: { value: text("must be a text") },
  alternating: {
    names: z.tuple([text("must be a text"), text("must be a text")], {
      error: 'must be two names, such as alternating("shop_a", "shop_b")',
    }),
  },
  previous: {
    of: text("must be the name of a key of the same secret"),
    days: z.custom<number>((value) => Number.isInteger(value) && isBetween(value as number, 1, mostOverlapDays), {
      error: `must be a whole number of days from 1 to ${mostOverlapDays}`,
    }),
  },
  provided: {
    config: text("must be the name of a configuration key"),
    optional: z.boolean({ error: "must be true or false" }),
    encoding: z.literal("base64", { error: "must be base64, or left out" }).optional(),
  },
  bcrypt: { of: text("must be the name of a key of the same secret") },
  "docker-config": {
    registries: z.record(
      z.string(),
      z.strictObject(
        {
          username: text("must be the key that holds the user name"),
          password: text("must be the key that holds the password"),
        },
        { error: "must be an object with username and password alone, each a key of the same secret" },
      ),
      { error: 'must be logins by registry, such as { "ghcr.io": { username: "user", password: "token" } }' },
    ),
  },
  htpasswd: {
    users: z.record(z.string(), text("must be the name of a key of the same secret"), {
      error: 'must be the key of the password by user, such as { admin: "adminPassword" }',
    }),
  },
  "public-key": {
    of: text("must be the name of a key of the same secret"),
    format: z.enum(publicKeyFormats, { error: `must be ${publicKeyFormats.join(" or ")}` }).optional(),
  },
  template: { text: text("must be a text with ${KEY} for other keys of the same secret") },
  "rotated-at": {},
};

type FieldsOf<R extends Recipe> = { readonly [F in Exclude<keyof R, "kind">]-?: z.ZodType };

function text(error: string) {
  return z.string({ error });
}

function isBetween(value: number, least: number, most: number): boolean {
  return value >= least && value <= most;
}

/** Any number: zod's own takes neither what is infinite nor what is none, and says so in words of its own. */
function number(error: string) {
  return z.custom<number>((value) => typeof value === "number", { error });
}
