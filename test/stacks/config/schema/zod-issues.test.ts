import assert from "node:assert/strict";
import { z } from "zod";
import { issuesOfZod } from "../../../../stacks/config/schema/zod-issues.ts";

describe("issues of a schema", () => {
  const schema = z.strictObject({
    name: z.string().min(1),
    count: z.int().min(1).max(9).optional(),
    kind: z.discriminatedUnion("is", [z.object({ is: z.literal("a") }), z.object({ is: z.literal("b") })]).optional(),
    list: z.array(z.string()).optional(),
    byName: z.record(z.string().regex(/^[a-z]+$/, "must be lower-case letters"), z.boolean()).optional(),
  });

  const refused: readonly (readonly [name: string, input: object, path: string, problem: string, fix?: string])[] = [
    [
      "an unknown key",
      { name: "n", nam: 1 },
      "nam",
      "unknown key",
      "remove it, or check its spelling in docs/facts.md",
    ],
    ["a missing value", {}, "name", "is missing: must be a string"],
    ["an empty text", { name: "" }, "name", 'must not be empty, received ""'],
    [
      "a text as long as 80 characters, quoted",
      { name: "n", list: "x".repeat(78) },
      "list",
      `must be a list, received "${"x".repeat(78)}"`,
    ],
    [
      "a longer text, by its length",
      { name: "n", list: "x".repeat(79) },
      "list",
      "must be a list, received 81 characters",
    ],
    ["a broken number", { name: "n", count: 1.5 }, "count", "must be a whole number, received 1.5"],
    ["too small a number", { name: "n", count: 0 }, "count", "must be at least 1, received 0"],
    ["too large a number", { name: "n", count: 10 }, "count", "must be at most 9, received 10"],
    ["an unknown variant", { name: "n", kind: { is: "c" } }, "kind.is", 'expected one of a, b, received "c"'],
    ["an entry of a list", { name: "n", list: ["a", 2] }, "list[1]", "must be a string, received 2"],
    ["an illegal name", { name: "n", byName: { A: true } }, "byName.A", "must be lower-case letters"],
    [
      "an object where a truth value belongs",
      { name: "n", byName: { a: {} } },
      "byName.a",
      "must be a boolean, received an object",
    ],
  ];

  for (const [name, input, path, problem, fix] of refused) {
    it(`tell of ${name}`, () => {
      const { error } = schema.safeParse(input);
      assert.ok(error !== undefined);
      assert.deepEqual(issuesOfZod(error, input), [{ path, problem, ...(fix === undefined ? {} : { fix }) }]);
    });
  }
});
