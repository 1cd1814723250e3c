import assert from "node:assert/strict";
import fc from "fast-check";
import { encodePayload, leastBytes, type RemoteObject } from "../../../../components/backends/remote-object.ts";
import {
  base64Bytes,
  dockerConfig,
  hexToken,
  literal,
  password,
  provided,
  template,
  uuid,
} from "../../../../components/values/recipe.ts";
import { derive } from "../../../../components/values/derived.ts";
import { generate, isRandom } from "../../../../components/values/recipes/index.ts";
import { fillTemplate } from "../../../../components/values/template.ts";
import { initialEpoch } from "../../../../components/values/secret-spec.ts";
import type { Recipe } from "../../../../components/values/recipe.ts";
import { knownBytes, shapeOfSecret } from "../../../../stacks/config/resolve/secret-shape.ts";
import { knownEntropy } from "../../../support/entropy.ts";

type Recipes = Readonly<Record<string, Recipe>>;

function shapeOf(keys: Recipes) {
  const secret = { id: "shop/db", app: "shop", name: "db", path: "shop/db", keys, epoch: initialEpoch } as const;
  return shapeOfSecret(
    { name: "test", platform: "acme" },
    { ...secret, rotatedAt: "2026-01-31T00:00:00Z", origin: { kind: "generated" } },
  );
}

/** Values that the recipes may make; `brought` is what people bring. */
function valuesOf(recipes: Recipes, brought: string): Readonly<Record<string, string>> {
  const direct = Object.fromEntries(
    Object.entries(recipes).map(([key, recipe]) => {
      if (isRandom(recipe)) return [key, generate(recipe, knownEntropy(key))];
      return [key, recipe.kind === "literal" ? recipe.value : brought];
    }),
  );
  const [id, salts] = ["shop/db", {}];
  for (const [key, recipe] of Object.entries(recipes)) {
    if (recipe.kind !== "docker-config") continue;
    // A colon in a user name is refused.
    const values = {
      ...direct,
      a: (direct["a"] ?? "").replaceAll(":", "-"),
      b: (direct["b"] ?? "").replaceAll(":", "-"),
    };
    direct[key] = derive({ id, key, recipe, values, salts });
  }
  const made = Object.entries(recipes).flatMap(([key, recipe]) =>
    recipe.kind === "template" ? [[key, fillTemplate(recipe.text, direct) ?? ""] as const] : [],
  );
  return { ...direct, ...Object.fromEntries(made) };
}

const text = fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 });
const recipe = fc.oneof(
  text.map(literal),
  fc.integer({ min: 1, max: 40 }).map(hexToken),
  fc.integer({ min: 1, max: 40 }).map(base64Bytes),
  fc.integer({ min: 4, max: 40 }).map((length) => password({ length, symbols: '{}"\\' })),
  fc.constant(uuid()),
  fc.constant(provided("token")),
);
const recipes = fc
  .record({
    a: recipe,
    b: recipe,
    constructor: recipe,
    before: text,
    filter: fc.constantFrom("", "|uri", "|json", "|base64", "|sha256"),
  })
  .map(({ a, b, constructor, before, filter }): Recipes => {
    const words = before.replaceAll("$", "");
    return {
      a,
      b,
      constructor,
      config: dockerConfig({ "ghcr.io": { username: "a", password: "b" }, "a:5": { username: "b", password: "b" } }),
      made: template(`${words}\${a${filter}}"\${constructor${filter}}{\${config}`),
    };
  });

describe("a secret as its stores see it", () => {
  it("has as many bytes as its values at least, in an object of all keys and in one for each", () => {
    fc.assert(
      fc.property(recipes, text, (keys, brought) => {
        const { lengths, keys: names } = shapeOf(keys);
        const values = valuesOf(keys, brought);
        const bundle: RemoteObject = { name: "x", layout: "bundle", keys: names };
        assert.ok(leastBytes(bundle, lengths) <= Buffer.byteLength(encodePayload(bundle, values)));
        for (const name of names) {
          const single: RemoteObject = { name: "x", layout: "per-key", keys: [name] };
          assert.ok(leastBytes(single, lengths) <= Buffer.byteLength(values[name] ?? ""));
        }
      }),
    );
  });

  it("knows all bytes of what is random or fixed, and those of the text around what people bring", () => {
    const keys = { hex: hexToken(16), base64: base64Bytes(16), umlaut: literal("ä"), token: provided("t") };
    const made = { ...keys, made: template("<${hex}${token}ä>") };
    const bytes = Object.fromEntries(Object.keys(made).map((key) => [key, knownBytes(key, made)]));
    assert.deepEqual(bytes, { hex: 32, base64: 24, umlaut: 2, token: undefined, made: 36 });
  });

  it("holds two braces only where it says that it may", () => {
    fc.assert(
      fc.property(recipes, (keys) => {
        const { doubleBraces = [] } = shapeOf(keys);
        const holding = Object.entries(valuesOf(keys, "brought")).filter(([, value]) => value.includes("{{"));
        assert.deepEqual(
          holding.map(([key]) => key).filter((key) => !doubleBraces.includes(key)),
          [],
        );
      }),
    );
  });

  it("says that a value may hold two braces where it can't be known that it does not", () => {
    const braces = password({ symbols: "{" });
    const keys = {
      braces,
      a: literal("{{"),
      b: literal("{ {"),
      c: template("${braces|uri}"),
      d: template("{${b}"),
      e: provided("t"),
    };
    assert.deepEqual(shapeOf(keys).doubleBraces, ["braces", "a", "d"]);
  });
});
