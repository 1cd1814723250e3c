import assert from "node:assert/strict";
import {
  base64Bytes,
  bcryptOf,
  hexToken,
  htpasswd,
  literal,
  password,
  keyPair,
  passphrase,
  provided,
  providedBytes,
  publicKeyOf,
  rotatedAt,
  sshKeyPair,
  template,
  uuid,
  type Recipe,
} from "../../../../components/values/recipe.ts";
import { received } from "../../../../components/support/messages/received.ts";
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

const placeholders =
  "allowed are ${KEY} and ${KEY|uri}, ${KEY|json}, ${KEY|base64}, ${KEY|sha256}, and the same for ${fact:NAME}";
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
  [
    "a hash of bytes",
    { a: providedBytes("shopKeystore"), hash: bcryptOf("a") },
    "hash",
    'is made of "a", which is bytes (providedBytes): it would be made of their base64',
    "provide the value as text: provided(…)",
  ],
  [
    "a template that encodes bytes once more",
    { a: providedBytes("shopKeystore"), text: template("${a} ${a|base64}") },
    "text",
    'has ${a|base64}, and "a" is bytes (providedBytes), which stand in a template as their base64',
    "write ${a}",
  ],
  [
    "a template with the SHA-256 of bytes",
    { a: providedBytes("shopKeystore"), text: template("${a|sha256}") },
    "text",
    'has ${a|sha256}, and "a" is bytes (providedBytes), which stand in a template as their base64',
    "provide the value as text: provided(…)",
  ],
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
  ["an empty template", { a: password(), t: template("") }, "t", "a template must not be empty"],
  [
    "a hash of an empty literal",
    { a: literal(""), h: bcryptOf("a") },
    "h",
    'hashes "a", which is empty: whoever gives no password would pass',
  ],
  ["a passphrase of too few words", { a: passphrase({ words: 9 }) }, "a", weak(116), "take more words"],
  ...([0, 101, 1.5, NaN] as const).map(
    (words) =>
      [
        `a passphrase of ${words} words`,
        { a: passphrase({ words }) },
        "a",
        `words must be a whole number from 1 to 100, ${received(words)}`,
      ] as const,
  ),
  ...(["\n", "ä", "123456789"] as const).map(
    (separator) =>
      [
        `a passphrase with the separator ${JSON.stringify(separator)}`,
        { a: passphrase({ separator }) },
        "a",
        `separator must be printable ASCII of at most 8 characters, ${received(separator)}`,
        'such as separator: "-"',
      ] as const,
  ),
  [
    "a hash of a passphrase that may be long",
    { a: passphrase(), h: bcryptOf("a") },
    "h",
    'hashes "a", which may have 99 bytes; bcrypt reads the first 72 only',
    'make "a" shorter',
  ],
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
    "a template with bcrypt as a filter",
    { a: password(), t: template("${a|bcrypt}") },
    "t",
    `"\${a|bcrypt}" has an unknown filter; ${placeholders}`,
    'make the hash a key of its own, such as hash: bcryptOf("<key>"), and name it: ${hash}',
  ],
  [
    "an RSA key that is too short for the environment",
    { a: keyPair({ type: "rsa-2048" }) },
    "a",
    weak(112),
    "choose a type that is strong enough, such as ed25519, rsa-3072 or ecdsa-p256",
  ],
  ...(["", "a\nb", " a", "a ", "ä", "c".repeat(256)] as const).map(
    (comment) =>
      [
        `the comment ${JSON.stringify(comment).slice(0, 20)} of a key`,
        { a: sshKeyPair({ comment }) },
        "a",
        `comment must be a line of printable ASCII, without spaces at its ends, of 1 to 255 characters, ${received(comment)}`,
        'such as comment: "argocd@example.com", or leave it out',
      ] as const,
  ),
  [
    "a public key of an unknown key",
    { a: sshKeyPair(), b: publicKeyOf("aa") },
    "b",
    "is the public key of a key that the secret does not have; it has a, b; received a text of 2 characters",
  ],
  [
    "a public key of a password",
    { a: password(), b: publicKeyOf("a") },
    "b",
    'is the public key of "a", which is no key pair',
    'name the key of an sshKeyPair() or keyPair({ type: "…" }), or of a private key that is provided',
  ],
  [
    "a hash of a public key",
    { a: sshKeyPair(), b: publicKeyOf("a"), h: bcryptOf("b") },
    "h",
    'hashes "b", which is a public key itself',
    "hash the key that it is made of",
  ],
  [
    "a hash of a private key",
    { a: sshKeyPair(), h: bcryptOf("a") },
    "h",
    'hashes "a", which may have 419 bytes; bcrypt reads the first 72 only',
    'make "a" shorter',
  ],
  [
    "an htpasswd file of no user",
    { h: htpasswd({}) },
    "h",
    "has no users",
    'name the key of each password: htpasswd({ admin: "adminPassword" })',
  ],
  [
    "an htpasswd file of an unknown key",
    { a: password(), h: htpasswd({ admin: "b" }) },
    "h",
    "hashes a key that the secret does not have; it has a, h; received a text of 1 character",
  ],
  [
    "an htpasswd file of more than bcrypt reads",
    { a: password({ length: 73 }), h: htpasswd({ admin: "a" }) },
    "h",
    'hashes "a", which has 73 bytes; bcrypt reads the first 72 only',
    'make "a" shorter',
  ],
  [
    "a hash of an htpasswd file",
    { a: password(), g: bcryptOf("h"), h: htpasswd({ admin: "a" }) },
    "g",
    'hashes "h", which is an htpasswd file itself',
    "hash the key that it is made of",
  ],
  ...(["", "a:b", "a b", "#a", "a\n", "ä"] as const).map(
    (user) =>
      [
        `an htpasswd file of the user ${JSON.stringify(user)}`,
        { a: password(), h: htpasswd({ [user]: "a" }) },
        "h",
        `the name of a user consists of printable ASCII without spaces and ":", and does not begin with "#", ${received(user)}`,
      ] as const,
  ),
  [
    "an htpasswd file of a user whose name ends as an epoch",
    { a: password(), h: htpasswd({ "ci@2026-12-01": "a", "ci@2026": "a" }) },
    "h",
    `the name of a user does not end with "@" and a date, as the names of values do that the state keeps of a rotation, ${received("ci@2026-12-01")}`,
  ],
  [
    "an htpasswd file of a user with a long name",
    { a: password(), h: htpasswd({ ["u".repeat(256)]: "a" }) },
    "h",
    "has a user whose name has 256 bytes; htpasswd allows at most 255",
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
      empty: literal(""),
      words: passphrase({ separator: "" }),
      provided: provided("token"),
      time: rotatedAt(),
      id: sshKeyPair({ comment: "a" }),
      "id.pub": publicKeyOf("id"),
      jwt: keyPair({ type: "rsa-3072" }),
      "jwt.pub": publicKeyOf("jwt", { format: "openssh" }),
      "provided.pub": publicKeyOf("provided"),
      long: password({ length: 72 }),
      hash: bcryptOf("long"),
      "hash.of.token": bcryptOf("provided"),
      text: template("${password|uri}@${literal}"),
    };
    assert.deepEqual(problemsOf(keys, 128), []);
    assert.deepEqual(problemsOf({ id: uuid() }, 122), []);
  });
});
