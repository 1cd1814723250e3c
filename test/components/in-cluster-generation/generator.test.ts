import assert from "node:assert/strict";
import { Password } from "@kubernetes-models/external-secrets/generators.external-secrets.io/v1alpha1/Password";
import { UUID } from "@kubernetes-models/external-secrets/generators.external-secrets.io/v1alpha1/UUID";
import fc from "fast-check";
import {
  generatorBits,
  operatorGenerator,
  generatorProblem,
} from "../../../components/in-cluster-generation/generator.ts";
import { base64Bytes, hexToken, password, uuid, type CharacterClass } from "../../../components/values/recipe.ts";
import { strength, maximumLength } from "../../../components/values/recipes/index.ts";

const metadata = { name: "shop.db.value0", namespace: "acme-test-vault-generated" };
const spec = { noUpper: false, allowRepeat: true, encoding: "raw" };

describe("generator of the operator", () => {
  for (const [what, recipe, expected] of [
    ["a password", password(), { ...spec, length: 32, digits: 8, symbols: 0 }],
    [
      "a password with symbols, each once",
      password({ length: 40, symbols: "-_-." }),
      { ...spec, length: 40, digits: 10, symbols: 5, symbolCharacters: "-_." },
    ],
    [
      "lowercase letters and digits",
      password({ classes: ["lower", "digits"] }),
      { ...spec, length: 32, digits: 8, symbols: 0, noUpper: true },
    ],
    ["letters alone", password({ classes: ["lower", "upper"] }), { ...spec, length: 32, digits: 0, symbols: 0 }],
    [
      "digits alone",
      password({ length: 6, classes: ["digits"] }),
      { ...spec, length: 6, digits: 6, symbols: 0, noUpper: true },
    ],
    [
      "symbols alone",
      password({ length: 9, classes: ["symbols"], symbols: "+-" }),
      { ...spec, length: 9, digits: 0, symbols: 9, symbolCharacters: "+-", noUpper: true },
    ],
    [
      "digits and symbols",
      password({ length: 16, classes: ["digits", "symbols"], symbols: "+-" }),
      { ...spec, length: 16, digits: 14, symbols: 2, symbolCharacters: "+-", noUpper: true },
    ],
    ["a token", hexToken(32), { ...spec, length: 32, digits: 8, symbols: 0, encoding: "hex" }],
    ["bytes", base64Bytes(48), { ...spec, length: 48, digits: 12, symbols: 0, encoding: "base64" }],
  ] as const) {
    it(`makes ${what}`, () => {
      assert.deepEqual(operatorGenerator(recipe), { kind: "Password", spec: expected, output: "password" });
    });
  }

  it("makes a UUID", () => {
    assert.deepEqual(operatorGenerator(uuid()), { kind: "UUID", spec: {}, output: "uuid" });
  });

  it("fits the schemas of the API", () => {
    for (const recipe of [password({ symbols: "-_" }), hexToken(), base64Bytes()]) {
      const { spec: made } = operatorGenerator(recipe);
      new Password({ metadata, spec: made as Password["spec"] & object }).validate();
    }
    new UUID({ metadata, spec: {} }).validate();
  });

  it("never asks for more characters than there are, nor for a strength that the recipe has not", () => {
    const classes: readonly CharacterClass[] = ["lower", "upper", "digits", "symbols"];
    fc.assert(
      fc.property(fc.subarray([...classes], { minLength: 1 }), fc.integer({ min: 4, max: 200 }), (chosen, length) => {
        const recipe = password({ length, classes: chosen, symbols: "-_.~" });
        const { spec: made } = operatorGenerator(recipe);
        assert.ok("length" in made && made.length === maximumLength(recipe));
        assert.ok(made.digits + made.symbols <= made.length);
        for (const name of ["digits", "symbols"] as const) assert.equal(made[name] > 0, chosen.includes(name));
        if (generatorProblem(recipe) === undefined) assert.ok(generatorBits(recipe) <= strength(recipe));
      }),
    );
  });
});

describe("strength of what the operator generates", () => {
  it("is what can come out of it: how many digits there are is known, where they are is not", () => {
    // One digit and one letter, in either order.
    assert.equal(
      generatorBits(password({ length: 2, classes: ["lower", "digits"] })),
      Math.floor(Math.log2(2 * 10 * 26)),
    );
    assert.equal(generatorBits(password()), 186);
    assert.equal(generatorBits(hexToken(32)), 186);
    assert.equal(generatorBits(uuid()), 122);
  });
});

describe("what no generator of the operator makes", () => {
  it("is a value of uppercase letters without lowercase ones", () => {
    assert.equal(
      generatorProblem(password({ classes: ["upper", "digits"] })),
      "has uppercase letters and no lowercase ones, which no generator of the operator supports",
    );
  });

  it("is a value so short that uppercase or lowercase letters could be missing", () => {
    assert.equal(
      generatorProblem(password({ length: 24 })),
      "would have 18 letters; at least 20 are needed to include both lowercase and uppercase ones, since the operator guarantees only digits and symbols",
    );
    assert.equal(generatorProblem(password({ length: 26 })), undefined);
    assert.equal(generatorProblem(password({ length: 8, classes: ["lower", "digits"] })), undefined);
  });
});
