import assert from "node:assert/strict";
import fc from "fast-check";
import { randomBytes } from "node:crypto";
import {
  base64Bytes,
  hexToken,
  password,
  uuid,
  type CharacterClass,
  type RandomRecipe,
} from "../../../components/values/recipe.ts";
import { generate, strength } from "../../../components/values/recipes/index.ts";
import { catalogue } from "../../../stacks/environments/catalogue.ts";
import { weakRecipes } from "../../../stacks/config/check/recipes.ts";
import { environments } from "../../../stacks/environments/index.ts";

/** What a year of a large installation makes. */
const samples = 10_000;

describe("strength of generated values", () => {
  for (const [name, recipe] of Object.entries<RandomRecipe>({
    "default password": password(),
    "weakest password of prod": password({ length: 22 }),
    "hex token": hexToken(16),
    "base64 value": base64Bytes(16),
    UUID: uuid(),
  })) {
    it(`makes ${samples} of a ${name} without a duplicate`, () => {
      const values = new Set(Array.from({ length: samples }, () => generate(recipe, randomBytes)));
      assert.equal(values.size, samples);
    });
  }

  it("is 190 bits for a password by default, and 128 at least for whatever a rule of prod may ask for", () => {
    assert.ok(strength(password()) >= 190, `${strength(password())} bits`);
    const minimum = Math.min(...["staging", "prod"].map((name) => environments[name]?.minimumBits ?? 0));
    assert.ok(minimum >= 128);
  });

  it("of every rule is its policy's minimum at least, or the rule is refused", () => {
    const classes = fc.uniqueArray(fc.constantFrom<CharacterClass>("lower", "upper", "digits", "symbols"), {
      minLength: 1,
    });
    const recipes: fc.Arbitrary<RandomRecipe> = fc.oneof(
      fc.record({ classes, length: fc.integer({ min: 4, max: 64 }), symbols: fc.constant("-_.") }).map(password),
      fc.integer({ min: 1, max: 64 }).map(hexToken),
      fc.integer({ min: 1, max: 64 }).map(base64Bytes),
      fc.constant(uuid()),
    );
    fc.assert(
      fc.property(recipes, fc.constantFrom(100, 128, 190), (recipe, minimum) => {
        const refused = weakRecipes({ path: String, recipes: { key: recipe } }, minimum).length > 0;
        assert.equal(refused, strength(recipe) < minimum);
      }),
      { numRuns: samples },
    );
  });

  it("of every rule in the catalogue is what the strictest environment asks for", () => {
    const strictest = Math.max(...Object.values(environments).map(({ minimumBits }) => minimumBits));
    for (const [app, { secrets }] of Object.entries(catalogue)) {
      for (const [id, { keys }] of Object.entries(secrets)) {
        const recipes = Object.entries(keys).map(
          ([key, each]) => [key, "recipe" in each ? each.recipe : each] as const,
        );
        assert.deepEqual(
          weakRecipes({ path: String, recipes: Object.fromEntries(recipes) }, strictest),
          [],
          `${app}/${id}`,
        );
      }
    }
  });
});
