import assert from "node:assert/strict";
import { z } from "zod";
import { issuesOfZod } from "../../../../stacks/config/schema/zod-issues.ts";

describe("issues of a schema", () => {
  const schema = z.strictObject({
    name: z.string().min(1),
    count: z.int().min(1).max(9).optional(),
    kind: z
      .discriminatedUnion("is", [
        z.strictObject({ is: z.literal("first"), both: z.boolean().optional() }),
        z.strictObject({ is: z.literal("second"), both: z.boolean().optional(), size: z.int().optional() }),
      ])
      .optional(),
    list: z.array(z.string()).optional(),
    byName: z.record(z.string().regex(/^[a-z]+$/, "must be lowercase letters"), z.boolean()).optional(),
  });

  const refused: readonly (readonly [name: string, input: object, path: string, problem: string, fix?: string])[] = [
    [
      "a misspelt key",
      { name: "n", cuont: 1 },
      "cuont",
      "is no key that is read here; did you mean count?",
      "rename it to count",
    ],
    [
      "a misspelt key, which is not missing beside that",
      { nmae: "n" },
      "nmae",
      "is no key that is read here; did you mean name?",
      "rename it to name",
    ],
    [
      "an unknown key",
      { name: "n", somethingElse: 1 },
      "somethingElse",
      "is no key that is read here; there are byName, count, kind, list, name",
      "remove it, or look its name up in docs/facts.md",
    ],
    ["a missing value", {}, "name", "is missing: must be a text"],
    ["a value that is nothing", { name: null }, "name", "is missing: must be a text"],
    ["an empty text", { name: "" }, "name", "must not be empty"],
    [
      "a text, by its length",
      { name: "n", list: "hunter2" },
      "list",
      "must be a list, received a text of 7 characters",
    ],
    ["a broken number", { name: "n", count: 1.5 }, "count", "must be a whole number, received 1.5"],
    ["too small a number", { name: "n", count: 0 }, "count", "must be at least 1, received 0"],
    ["too large a number", { name: "n", count: 10 }, "count", "must be at most 9, received 10"],
    [
      "a number that may be somebody's, by its length",
      { name: "n", count: 12_345_678_901 },
      "count",
      "must be at most 9, received a number of 11 digits",
    ],
    ["a number that is no text", { name: 7 }, "name", "must be a text, received a number: put it in quotation marks"],
    ["an unknown variant", { name: "n", kind: { is: "hunter2" } }, "kind.is", "must be first or second"],
    [
      "a misspelt variant",
      { name: "n", kind: { is: "secnd" } },
      "kind.is",
      'must be first or second, received "secnd": did you mean second?',
    ],
    ["a missing variant", { name: "n", kind: {} }, "kind.is", "is missing: must be first or second"],
    ["an entry of a list", { name: "n", list: ["a", []] }, "list[1]", "must be a text, received a list"],
    ["an illegal name", { name: "n", byName: { A: true } }, "byName.A", "must be lowercase letters"],
    [
      "YAML 1.1's truth",
      { name: "n", byName: { a: "yes" } },
      "byName.a",
      'must be true or false, received "yes", which YAML takes for a text',
    ],
    [
      "a map where a truth value belongs",
      { name: "n", byName: { a: {} } },
      "byName.a",
      "must be true or false, received a map",
    ],
  ];

  for (const [name, input, path, problem, fix] of refused) {
    it(`tell of ${name}`, () => {
      assert.deepEqual(issuesOf(input), [{ path, problem, ...(fix === undefined ? {} : { fix }) }]);
    });
  }

  it("tell of what is wrong with the rest of an entry of a misspelt kind, as of that kind", () => {
    assert.deepEqual(pathsOf({ name: "n", kind: { is: "secnd", size: "x", other: 1 } }), [
      "kind.is",
      "kind.size",
      "kind.other",
    ]);
  });

  it("tell of what is wrong in every kind where the kind is like none", () => {
    assert.deepEqual(pathsOf({ name: "n", kind: { is: "hunter2", size: 5, both: 1, other: 1 } }), [
      "kind.is",
      "kind.both",
      "kind.other",
    ]);
  });

  it("tell of what stands under an illegal name", () => {
    assert.deepEqual(pathsOf({ name: "n", byName: { A: 5 } }), ["byName.A", "byName.A"]);
  });

  function issuesOf(input: object) {
    const { error } = schema.safeParse(input);
    assert.ok(error !== undefined);
    return issuesOfZod(error, input, schema);
  }

  function pathsOf(input: object) {
    return issuesOf(input).map(({ path }) => path);
  }
});
