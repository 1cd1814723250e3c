import {
  base64Bytes,
  bcryptOf,
  hexToken,
  htpasswd,
  literal,
  passphrase,
  password,
  provided,
  providedOptionally,
  rotatedAt,
  template,
  uuid,
} from "../../../components/values/recipe.ts";
import { accepted, canary, refused, type CaseClass } from "../case.ts";
import { all, dbField, dbKey, dbKeys, each, onlyVault } from "../catalogue-changes.ts";

const numbers = {
  "0": 0,
  "-0": -0,
  "-5": -5,
  "0.5": 0.5,
  "1e9": 1e9,
  "1e12": 1e12,
  "2^53": 2 ** 53,
  NaN: NaN,
  Infinity: Infinity,
  "-Infinity": -Infinity,
  "a text": "90",
  true: true,
  null: null,
  "a list": [90],
  "a secret": canary,
};

const prefixed = (prefix: string, changes: ReturnType<typeof each>) =>
  Object.fromEntries(Object.entries(changes).map(([name, change]) => [`${prefix}: ${name}`, change]));
/** A constructor called with what its types do not allow. */
const loosely = <T>(make: T) => make as unknown as (...args: readonly unknown[]) => unknown;

const many = (count: number, start: number) =>
  String.fromCodePoint(...Array.from({ length: count }, (_, index) => start + index));

const hashed = (recipe: unknown) => dbKeys({ source: recipe, hash: bcryptOf("source") });

/** Rules of random values, hashes and literals. */
export const recipes: CaseClass = {
  title: "recipes",
  cases: [
    ...refused({
      ...prefixed(
        "bytes of a token",
        each(numbers, (value) => dbKey({ kind: "hex", bytes: value })),
      ),
      ...prefixed(
        "hexToken",
        each({ ...numbers, "4097": 4097 }, (value) => (input) => dbKey(loosely(hexToken)(value))(input)),
      ),
      ...prefixed(
        "base64Bytes",
        each({ ...numbers, "4097": 4097 }, (value) => (input) => dbKey(loosely(base64Bytes)(value))(input)),
      ),
      ...prefixed(
        "length of a password",
        each(
          { ...numbers, "1": 1, "2": 2, "1025": 1025 },
          (value) => (input) => dbKey(loosely(password)({ length: value }))(input),
        ),
      ),
      ...prefixed(
        "options of a password",
        each(
          { null: null, "a number": 40, "a text": canary, true: true, "a function": () => ({}) },
          (value) => (input) => dbKey(loosely(password)(value))(input),
        ),
      ),
      ...prefixed(
        "classes",
        each(
          {
            none: [],
            null: null,
            "a text": "lower",
            unknown: ["lower", "letters"],
            "in capitals": ["Lower"],
            numbers: [1],
            lists: [["lower"]],
            "without symbols": ["lower", "symbols"],
          },
          (value) => (input) => dbKey(loosely(password)({ classes: value }))(input),
        ),
      ),
      ...prefixed(
        "symbols",
        each(
          {
            "a letter": "-a",
            "a digit": "-1",
            "195 others": many(195, 0x100),
            "two thousand": many(2000, 0x400),
            "a line break": "-\n",
            NUL: "\0",
            escape: "\u001b",
            "a tab": "\t",
            umlauts: "\u00e4\u00f6",
            "a smile": "\ud83d\ude00",
            "half a pair": "\ud83d",
            "a megabyte": "a".repeat(1_000_000),
            "a number": 5,
            "a list": ["-"],
            null: null,
          },
          (value) => (input) => dbKey(loosely(password)({ symbols: value }))(input),
        ),
      ),
      ...prefixed(
        "words of a passphrase",
        each({ ...numbers, "101": 101, "9": 9 }, (words) => (input) => dbKey(loosely(passphrase)({ words }))(input)),
      ),
      ...prefixed(
        "separator of a passphrase",
        each(
          {
            "a line break": "\n",
            NUL: "\0",
            "an umlaut": "\u00e4",
            "nine characters": "-".repeat(9),
            "a number": 5,
            null: null,
          },
          (separator) => (input) => dbKey(loosely(passphrase)({ separator }))(input),
        ),
      ),
      "a passphrase of a number": (input) => dbKey(loosely(passphrase)(12))(input),
      "a passphrase in capitals": (input) => dbKey(loosely(passphrase)({ capitalize: true }))(input),
      "a hash of a passphrase": hashed(passphrase()),
      "a hash of an empty literal": all(onlyVault, hashed(literal(""))),
      "a template of empty literals": dbKeys({ a: literal(""), extra: template("${a}${a}") }),
      "an option that is misspelt": (input) => dbKey(loosely(password)({ lenght: 40 }))(input),
      "an option of a secret": (input) => dbKey(loosely(password)({ value: canary }))(input),
      "identifies that is false": (input) => dbKey(loosely(password)({ identifies: false }))(input),
      "a weak password": dbKey(password({ length: 12 })),
      "a weak token": dbKey(hexToken(8)),
      "one symbol again and again": dbKey(password({ length: 64, classes: ["symbols"], symbols: "----" })),
      ...prefixed(
        "days of a rotation",
        each({ ...numbers, "3651": 3651, "365000": 365_000 }, (value) =>
          value === undefined ? dbField("x", 1) : dbField("rotateEveryDays", value),
        ),
      ),
      ...prefixed(
        "a literal",
        each(
          {
            nothing: undefined,
            null: null,
            empty: "",
            "a number": 5,
            "an object": { a: canary },
            "a list": [canary],
            "half a pair": "a\ud800b",
            "two megabytes": "x".repeat(2_000_000),
          },
          (value) => (input) => dbKey(loosely(literal)(value))(input),
        ),
      ),
      ...prefixed(
        "a hash",
        each(
          {
            "of nothing": undefined,
            "of null": null,
            "of a value": canary,
            "of a list": ["password"],
            "of an unknown key": "pasword",
            "of itself": "extra",
            "of a template": "url",
            "of what every object has": "constructor",
            "of an empty name": "",
          },
          (value) => (input) => dbKey(loosely(bcryptOf)(value))(input),
        ),
      ),
      ...prefixed(
        "an htpasswd file",
        each(
          {
            "of nothing": undefined,
            "of null": null,
            "of a text": canary,
            "of a list": ["password"],
            "of no user": {},
            "of a number": { admin: 5 },
            "of an unknown key": { admin: "pasword" },
            "of a value": { admin: canary },
            "of itself": { admin: "extra" },
            "of a template": { admin: "url" },
            "of a user and a password": { [`admin:${canary}`]: "password" },
            "of a user without a name": { "": "password" },
            "of a user like a comment": { "#admin": "password" },
            "of a user of two lines": { "a\nb": "password" },
            "of a user like an epoch": { "ci@2026-12-01": "password" },
            "of a user of 256 characters": { ["u".repeat(256)]: "password" },
          },
          (value) => (input) => dbKey(loosely(htpasswd)(value))(input),
        ),
      ),
      "a hash of 73 characters": hashed(password({ length: 73 })),
      "a hash of 37 bytes in hexadecimal": hashed(hexToken(37)),
      "a hash of 55 bytes in base64": hashed(base64Bytes(55)),
      "a hash of a literal of 73 bytes": hashed(literal("x".repeat(73))),
      "a hash of a literal of 37 umlauts": hashed(literal("\u00e4".repeat(37))),
      "a hash of a literal with NUL": hashed(literal("a\0b")),
      "a hash of a hash": dbKeys({ one: bcryptOf("password"), two: bcryptOf("one") }),
      "hashes of each other": dbKeys({ one: bcryptOf("two"), two: bcryptOf("one") }),
    }),
    ...accepted({
      "an empty literal in a bundle": all(onlyVault, dbKey(literal(""))),
      "a template of an empty literal": all(onlyVault, dbKeys({ a: literal(""), extra: template("<${a}>") })),
      "a passphrase": dbKey(passphrase()),
      "a passphrase without a separator": dbKey(passphrase({ words: 12, separator: "" })),
      "a passphrase of most words": dbKey(passphrase({ words: 100 })),
      "a token of most bytes": all(onlyVault, dbKey(hexToken(4096))),
      "a token of 16 bytes": dbKey(hexToken(16)),
      "a password of most characters": dbKey(password({ length: 1024 })),
      "all symbols that there are": all(onlyVault, dbKey(password({ symbols: " !\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~" }))),
      "symbols twice": dbKey(password({ symbols: "----____" })),
      "a class twice": dbKey(password({ classes: ["lower", "lower", "digits"] })),
      "four characters of four classes": dbKey(
        password({ length: 4, classes: ["lower", "upper", "digits", "symbols"], symbols: "-", identifies: true }),
      ),
      "a UUID that need not be strong": (input) => {
        (input.policies["test"] as { minimumBits: number }).minimumBits = 100;
        dbKey(uuid())(input);
      },
      "a hash of 72 characters": hashed(password({ length: 72 })),
      "a hash of 36 umlauts": hashed(literal("\u00e4".repeat(36))),
      "a hash of what people bring": hashed(provided("shopSecret")),
      "a hash of what people may bring": hashed(providedOptionally("shopSecret")),
      "an htpasswd file": dbKey(
        htpasswd({ admin: "password", "ci@shop.example": "password", constructor: "password" }),
      ),
      "an htpasswd file of what people may bring": dbKeys({
        source: providedOptionally("shopSecret"),
        auth: htpasswd({ admin: "password", ci: "source" }),
      }),
      "the time of a rotation": dbKey(rotatedAt()),
      "a rotation each day": dbField("rotateEveryDays", 1),
      "a rotation every ten years": dbField("rotateEveryDays", 3650),
      "a literal in many scripts": dbKey(literal('\u043f\u0440\u0438\u0432\u0435\u0442 \u{1f600} "quoted" \\')),
      "a literal that looks like a template": dbKey(literal("${password}")),
      "a literal of lines": dbKey(literal("a\nb\n")),
      "a template of all that may be in one": dbKey(template("${username} ${password|uri}")),
    }),
  ],
};
