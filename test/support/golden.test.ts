import assert from "node:assert/strict";
import { assertGolden, lineDifference } from "./golden.ts";

describe("golden files", () => {
  it("show the lines that differ between their equal neighbours", () => {
    assert.equal(
      lineDifference("a\nb\nc\nd\n", "a\nB\nc2\nd\n"),
      ["line 2:", "  a", "- b", "- c", "+ B", "+ c2", "  d"].join("\n"),
    );
  });

  it("show what was added at the end", () => {
    assert.equal(lineDifference("a\n", "a\nb\n"), ["line 2:", "  a", "+ b", "  "].join("\n"));
  });

  it("rejects a file that is missing or differs, with the command that rewrites it", function () {
    if (process.env["GOLDEN"] === "write") this.skip();
    assert.throws(() => assertGolden("test/golden/none.json", { b: 1, a: 2 }), {
      name: "AssertionError",
      message: [
        "test/golden/none.json is not what the program makes now. If the change is meant: npm run golden, and read the diff.",
        "line 1:",
        "+ {",
        '+   "a": 2,',
        '+   "b": 1',
        "+ }",
        "  ",
      ].join("\n"),
    });
  });
});
