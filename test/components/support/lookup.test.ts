import assert from "node:assert/strict";
import { lookup } from "../../../components/support/lookup.ts";

describe("items of a list by key", () => {
  const asked: string[] = [];
  const byLetter = lookup((word: string) => {
    asked.push(word);
    return word;
  });
  const words = ["bee", "ale", "eel"];

  it("are found by each of their keys, once, in the order of the list", () => {
    assert.deepEqual(byLetter(words, "e"), ["bee", "ale", "eel"]);
    assert.deepEqual(byLetter(words, "l"), ["ale", "eel"]);
    assert.deepEqual(byLetter(words, "constructor"), []);
  });

  it("are read once for each list", () => {
    assert.deepEqual(asked, words);
    assert.deepEqual(byLetter(["be"], "b"), ["be"]);
    assert.deepEqual(asked, [...words, "be"]);
  });
});
