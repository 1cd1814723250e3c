import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { passphrase } from "../../../components/values/recipe.ts";
import { effWords } from "../../../components/values/recipes/eff-words.ts";
import {
  characters,
  fingerprint,
  generate,
  maximumLength,
  minimumLength,
  strength,
} from "../../../components/values/recipes/index.ts";
import { knownEntropy } from "../../support/entropy.ts";

describe("the word list", () => {
  it("is the EFF's long one, to the byte once its dice numbers are put back", () => {
    const dice = (index: number) => [1296, 216, 36, 6, 1].map((power) => (Math.floor(index / power) % 6) + 1).join("");
    const file = effWords.map((word, index) => `${dice(index)}\t${word}\n`).join("");
    assert.equal(
      createHash("sha256").update(file).digest("hex"),
      "addd35536511597a02fa0a9ff1e5284677b8883b83e986e43f15a3db996b903e",
    );
  });

  it("has no word twice, and none that begins another: so each row of words is another text, with any separator", () => {
    const sorted = [...effWords].sort();
    assert.deepEqual(
      sorted.filter((word, index) => sorted[index + 1]?.startsWith(word)),
      [],
    );
    assert.equal(new Set(effWords).size, 7776);
  });
});

describe("a passphrase", () => {
  it("has its words, from the list, with the separator between them", () => {
    const value = generate(passphrase({ words: 12, separator: " / " }), randomBytes);
    const words = value.split(" / ");
    assert.equal(words.length, 12);
    assert.ok(words.every((word) => effWords.includes(word)));
  });

  it("comes from known bytes as it always did", () => {
    assert.equal(generate(passphrase({ words: 3 }), knownEntropy()), "thriving-revolt-blaspheme");
  });

  it("throws away numbers that would favour some words", () => {
    const numbers = [0xffff, 62_208, 62_207];
    const entropy = () => {
      const buffer = Buffer.alloc(2);
      buffer.writeUInt16BE(numbers.shift() ?? assert.fail());
      return buffer;
    };
    assert.equal(generate(passphrase({ words: 1 }), entropy), effWords.at(-1));
  });

  it("counts 12.9 bits for each word", () => {
    assert.deepEqual(
      [1, 5, 9, 10, 20].map((words) => strength(passphrase({ words }))),
      [12, 64, 116, 129, 258],
    );
  });

  it("stays within the lengths and characters that limits are checked by", () => {
    for (let turn = 0; turn < 200; turn += 1) {
      const recipe = passphrase({ words: 1 + (turn % 12), separator: "_-".slice(0, turn % 3) });
      const value = generate(recipe, randomBytes);
      assert.ok(value.length >= minimumLength(recipe) && value.length <= maximumLength(recipe));
      assert.ok([...value].every((character) => characters(recipe).includes(character)));
    }
  });

  // Fingerprints are kept in the state beside the value.
  it("has a pinned fingerprint", () => {
    assert.equal(fingerprint(passphrase()), '{"kind":"passphrase","words":10,"separator":"-"}');
  });
});
