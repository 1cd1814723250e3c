import assert from "node:assert/strict";
import {
  base64Bytes,
  bcryptOf,
  hexToken,
  literal,
  password,
  provided,
  rotatedAt,
  template,
  uuid,
  type Recipe,
} from "../../../../components/values/recipe.ts";
import type { Issue } from "../../../../components/support/messages/errors.ts";
import { checkRecipes, weakRecipes } from "../../../../stacks/config/check/recipes.ts";

const weak = (bits: number) => `a value of ${bits} bits is weaker than the environment's minimum of 128`;
const stronger = "make it longer, or allow more kinds of characters";

type Keys = Readonly<Record<string, Recipe>>;

/** What is wrong with the recipes of a secret in an environment whose minimum is so many bits. */
function problemsOf(recipes: Keys, minimumBits: number): readonly Issue[] {
  const secret = { path: (key: string) => `here.${key}`, recipes, names: new Set(Object.keys(recipes)) };
  return [...checkRecipes(secret), ...weakRecipes(secret, minimumBits)];
}

const placeholders = "allowed are ${KEY} and ${KEY|uri}, ${KEY|json}, ${KEY|base64}, and the same for ${fact:NAME}";
const refused: readonly (readonly [name: string, keys: Keys, path: string, problem: string, fix?: string])[] = [
  ["a password that is too short for the environment", { a: password({ length: 21 }) }, "a", weak(125), stronger],
  [
    "a password that is too short for its alphabet",
    { a: password({ length: 38, classes: ["digits"] }) },
    "a",
    weak(126),
    stronger,
  ],
  [
    "a password of one character repeated",
    { a: password({ length: 64, classes: ["symbols"], symbols: "--" }) },
    "a",
    weak(0),
    stronger,
  ],
  [
    "a password of no class",
    { a: password({ classes: [] }) },
    "a",
    "classes is empty, and a password needs characters",
    'classes: ["lower", "upper", "digits"]',
  ],
  ["a token that is too short", { a: hexToken(15) }, "a", weak(120), stronger],
  ["bytes that are too few", { a: base64Bytes(15) }, "a", weak(120), stronger],
  ["a UUID where the environment asks for more", { a: uuid() }, "a", weak(122), stronger],
  [
    "a password shorter than its classes",
    { a: password({ length: 2 }) },
    "a",
    "length must be a whole number from 3 (one of each class) to 1024, received 2",
  ],
  [
    "a password of half a character",
    { a: password({ length: 32.5 }) },
    "a",
    "length must be a whole number from 3 (one of each class) to 1024, received 32.5",
  ],
  [
    "a password that is too long",
    { a: password({ length: 1025 }) },
    "a",
    "length must be a whole number from 3 (one of each class) to 1024, received 1025",
  ],
  [
    "symbols that are not named",
    { a: password({ classes: ["lower", "symbols"] }) },
    "a",
    "asks for the class symbols and allows none",
    'name them, such as symbols: "-_."',
  ],
  ["half a byte", { a: hexToken(32.5) }, "a", "bytes must be a whole number from 1 to 4096, received 32.5"],
  ["no bytes", { a: base64Bytes(0) }, "a", "bytes must be a whole number from 1 to 4096, received 0"],
  ["an empty literal", { a: literal("") }, "a", "a literal must not be empty"],
  [
    "a hash of an unknown key",
    { a: password(), h: bcryptOf("b") },
    "h",
    "hashes a key that the secret does not have; it has a, h; received a text of 1 character",
  ],
  [
    "a hash of a hash",
    { a: password(), g: bcryptOf("h"), h: bcryptOf("a") },
    "g",
    'hashes "h", which is a hash itself',
    "hash the key that it is made of",
  ],
  [
    "a hash of a template",
    { a: password(), h: bcryptOf("t"), t: template("${a}") },
    "h",
    'hashes "t", which is a template itself',
    "hash the key that it is made of",
  ],
  [
    "a hash of more than bcrypt reads",
    { a: password({ length: 73 }), h: bcryptOf("a") },
    "h",
    'hashes "a", which has 73 bytes; bcrypt reads the first 72 only',
    'make "a" shorter',
  ],
  [
    "a template of an unknown key",
    { a: password(), t: template("${a}:${b}") },
    "t",
    'names "b", and the secret has no such key; it has a, t',
  ],
  [
    "a template with an unknown encoding",
    { a: password(), t: template("${a} ${a|upper}") },
    "t",
    `"\${a|upper}" has an unknown filter; ${placeholders}`,
  ],
  [
    "a template with an open placeholder",
    { a: password(), t: template("${a} ${a") },
    "t",
    `holds "\${" without a placeholder; ${placeholders}`,
    "for the text ${ itself, write $${",
  ],
  [
    "a template of nothing",
    { a: password(), t: template("text") },
    "t",
    "a template must name at least one key or fact",
    "name one as ${KEY} or ${fact:NAME}, or write literal(…)",
  ],
  [
    "a template of a hash",
    { a: password(), h: bcryptOf("a"), t: template("${h}") },
    "t",
    'names "h", which is a hash; templates take values',
  ],
  [
    "a template of a template",
    { a: password(), s: template("${a}"), t: template("${s}") },
    "t",
    'names "s", which is a template itself',
    "name the keys that it is made of",
  ],
  ["a template of itself", { t: template("${t}") }, "t", 'is made of "t", which is made of it in turn'],
];

describe("checking the recipes of a secret", () => {
  for (const [name, keys, key, problem, fix] of refused) {
    it(`rejects ${name}`, () => {
      const issue = { path: `here.${key}`, problem, ...(fix === undefined ? {} : { fix }) };
      assert.deepEqual(problemsOf(keys, 128), [issue]);
    });
  }

  it("rejects templates that are made of each other, each by its path", () => {
    const keys = { a: template("${b}"), b: template("${c}"), c: template("${a}") };
    assert.deepEqual(problemsOf(keys, 128), [
      { path: "here.a", problem: 'is made of "b", which is made of it in turn' },
      { path: "here.b", problem: 'is made of "c", which is made of it in turn' },
      { path: "here.c", problem: 'is made of "a", which is made of it in turn' },
    ]);
  });

  it("takes every kind of recipe at the limits", () => {
    const keys: Keys = {
      password: password({ length: 22 }),
      hex: hexToken(16),
      base64: base64Bytes(16),
      literal: literal("x"),
      provided: provided("token"),
      time: rotatedAt(),
      long: password({ length: 72 }),
      hash: bcryptOf("long"),
      "hash.of.token": bcryptOf("provided"),
      text: template("${password|uri}@${literal}"),
    };
    assert.deepEqual(problemsOf(keys, 128), []);
    assert.deepEqual(problemsOf({ id: uuid() }, 122), []);
  });
});
