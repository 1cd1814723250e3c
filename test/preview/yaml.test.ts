import assert from "node:assert/strict";
import { readDocument, type Value } from "../../preview/yaml/document.ts";

// What the engine itself makes of these, and of many more, is asked in test/e2e/reading.
describe("a file that is read as the engine reads it", () => {
  const read = (text: string) => readDocument(Buffer.from(text));
  const valueOf = (text: string): unknown => {
    const found = read(text);
    assert.ok("value" in found, "unreadable" in found ? JSON.stringify(found.unreadable) : "");
    return plain(found.value);
  };

  for (const [text, value] of [
    ["7_200", 7200n],
    ["0777", 511n],
    ["0o17", 15n],
    ["0x1F", 31n],
    ["0888", 888n],
    ["1e3", 1000],
    ["190:20:30", "190:20:30"],
    ["yes", "yes"],
    ["True", true],
    ["~", null],
    ["18446744073709551615", 18446744073709551615n],
    ["2026-12-01", "2026-12-01 00:00:00 +0000 UTC"],
    ["2026-12-01 10:00:00", "2026-12-01 10:00:00 +0000 UTC"],
    ["2026-12-01T10:00:00+05:30", "2026-12-01 10:00:00 +0530 +0530"],
    ["2026-02-30", "2026-02-30"],
    ['"2026-12-01"', "2026-12-01"],
    ["!!str 5", "5"],
    ["!mine 5", "5"],
    ["{1: a, ~: b}", { "1": "a", "<nil>": "b" }],
    ["{a: &x {b: 1}, c: {<<: *x, d: 2}}", { a: { b: 1n }, c: { d: 2n, b: 1n } }],
  ] as const) {
    it(text, () => {
      assert.deepEqual(valueOf(text), value);
    });
  }

  it("holds nothing of the file in what is wrong with it", () => {
    for (const text of [
      "a: b: hunter2",
      'a: "hunter2',
      "a: *hunter2",
      "a: @hunter2",
      "a: !!int hunter2",
      "\thunter2: a",
    ]) {
      const found = read(text);
      assert.ok("unreadable" in found, text);
      assert.ok(!JSON.stringify(found).includes("hunter2"), JSON.stringify(found));
    }
  });

  it("is refused at once where its size has no bound", () => {
    const bomb = Array.from({ length: 40 }, (_, index) => `a${index + 1}: &a${index + 1} [*a${index}, *a${index}]`);
    for (const text of [`a0: &a0 [x]\n${bomb.join("\n")}`, "[".repeat(100_000)]) {
      assert.ok("unreadable" in read(text), text.slice(0, 20));
    }
  });

  it("may say one thing very often", () => {
    assert.deepEqual(valueOf(`a: &a [x]\nb: [${"*a, ".repeat(20_000)}]`), {
      a: ["x"],
      b: Array.from({ length: 20_000 }, () => ["x"]),
    });
  });
});

function plain(value: Value): unknown {
  if (value instanceof Map)
    return Object.fromEntries([...(value as ReadonlyMap<string, Value>)].map(([key, each]) => [key, plain(each)]));
  return Array.isArray(value) ? (value as readonly Value[]).map(plain) : value;
}
