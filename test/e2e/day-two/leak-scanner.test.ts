import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { formsOf, LeakScanner } from "./leak-scanner.ts";

describe("the leak scanner", () => {
  const value = `a"b\\c/d+e f${randomBytes(9).toString("base64")}`;
  const scanner = new LeakScanner([{ name: "value", value }]);
  const disguises: Readonly<Record<string, string>> = {
    "as it is": value,
    JSON: JSON.stringify({ value }),
    "JSON in JSON": JSON.stringify(JSON.stringify({ value })),
    "a URL": `db://user:${encodeURIComponent(value)}@host`,
    hexadecimal: Buffer.from(value).toString("hex"),
    base64: Buffer.from(value).toString("base64"),
    "base64 of a longer text": Buffer.from(`x${value}y`).toString("base64"),
    "base64 of another longer text": Buffer.from(`xx${value}yy`).toString("base64"),
  };

  for (const [name, text] of Object.entries(disguises)) {
    it(`finds a value in ${name}, at the start, in the middle and at the end`, () => {
      for (const content of [text, `${text} after`, `before ${text} after`, `before ${text}`]) {
        assert.equal(scanner.scan("place", content).length >= 1, true);
      }
    });
  }

  it("finds nothing in other texts, nor in a value that is cut short", () => {
    const almost = [...formsOf(value).values()].map((form) => form.slice(0, -1)).join(" ");
    assert.deepEqual(scanner.scan("place", almost), []);
    assert.deepEqual(scanner.scan("place", "short"), []);
    assert.deepEqual(scanner.scan("place", randomBytes(100_000)), []);
  });
});
