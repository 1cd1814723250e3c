import assert from "node:assert/strict";
import { cutYaml } from "../../../operations/migrate/retire/yaml-cuts.ts";
import { linesOf } from "../../../operations/migrate/retire/yaml-lines.ts";
import { removalAt, yamlText, type YamlPath } from "../../../operations/migrate/retire/yaml-text.ts";

const read = (text: string) => yamlText(text) ?? assert.fail("is no YAML");

/** The text without what is at the paths, in its first document. */
function cut(text: string, paths: readonly YamlPath[], emptyList: "stays" | "goes" = "stays"): string | undefined {
  return cutYaml(
    read(text),
    paths.map((path) => ({ document: 0, path })),
    { emptyList },
  )?.text;
}

describe("YAML without some of its parts", () => {
  it("keeps comments, order, quotation marks and blank lines byte for byte", () => {
    const text = `# head
auth:   # about auth
    user: 'admin'

    password: "s3cr3t"   # goes along
    # stays
    host:  db
list: [ a,  b ]
`;
    assert.equal(cut(text, [["auth", "password"]]), text.replace(/ {4}password:.*\n/, ""));
    assert.equal(cut(text, [["list", 0]]), text.replace("a,  b", "b"));
    assert.equal(cut(text, [["list", 1]]), text.replace("a,  b", "a"));
  });

  it("takes values of several lines as a whole", () => {
    const text = "a: |\n  one: 1\n  two\n\nb: 'x\n  y'\nc: z\n";
    assert.equal(cut(text, [["a"]]), "\nb: 'x\n  y'\nc: z\n");
    assert.equal(cut(text, [["b"]]), "a: |\n  one: 1\n  two\n\nc: z\n");
    assert.equal(cut(text, [["c"]]), "a: |\n  one: 1\n  two\n\nb: 'x\n  y'\n");
    assert.equal(cut("a: 1\nc: z", [["c"]]), "a: 1\n");
    assert.equal(cut("a: 1\r\nb: 2\r\nc: 3\r\n", [["b"]]), "a: 1\r\nc: 3\r\n");
  });

  it("leaves no empty map behind, and no null, which Helm takes for something else", () => {
    assert.equal(cut("a: 1\nauth:\n  db:\n    password: x\n", [["auth", "db", "password"]]), "a: 1\n");
    assert.equal(cut("# only\nauth:\n  password: x\n", [["auth", "password"]]), "# only\n");
    assert.equal(
      cut("users:\n  - token: x\n  - token: y\n", [["users", 0, "token"]]),
      "users:\n  - {}\n  - token: y\n",
    );
  });

  it("leaves an empty list, or none, as its reader wants it", () => {
    const text = "a: 1\nenv:\n  - x\n";
    assert.equal(cut(text, [["env", 0]]), "a: 1\nenv:\n  []\n");
    assert.equal(cut(text, [["env", 0]], "goes"), "a: 1\n");
    assert.equal(cut("env: [x]\nb: 1\n", [["env", 0]]), "env: []\nb: 1\n");
  });

  it("takes items of lists and the first keys of items", () => {
    const text = "env:\n  - name: A\n    value: x\n  # about B\n  - name: B\n    value: y\n    more: z\n";
    assert.equal(cut(text, [["env", 0]]), "env:\n  # about B\n  - name: B\n    value: y\n    more: z\n");
    assert.equal(
      cut(text, [
        ["env", 1, "name"],
        ["env", 1, "value"],
      ]),
      "env:\n  - name: A\n    value: x\n  # about B\n  - more: z\n",
    );
    assert.equal(cut("{a: 1, b: {c: 2}, d: 3}\n", [["b", "c"], ["d"]]), "{a: 1}\n");
  });

  it("takes whole documents", () => {
    const text = "# head\na: 1\n---\n# second\nb: 2\n---\nc: 3\n";
    const without = (...documents: readonly number[]) =>
      cutYaml(
        read(text),
        documents.map((document) => ({ document, path: [] })),
        { emptyList: "stays" },
      );
    assert.equal(without(0)?.text, "# head\n---\n# second\nb: 2\n---\nc: 3\n");
    assert.equal(without(1)?.text, "# head\na: 1\n---\nc: 3\n");
    assert.deepEqual([without(1, 2)?.text, without(1, 2)?.isEmpty], ["# head\na: 1\n", false]);
    assert.equal(without(0, 1, 2)?.isEmpty, true);
  });

  it("is not made where the rest would read otherwise", () => {
    assert.equal(cut("a: &x s3cr3t\nb: *x\n", [["a"]]), undefined);
    assert.equal(cut("a: &x s3cr3t\nb: *x\n", [["b"]]), "a: &x s3cr3t\n");
    assert.equal(cut("base: &b {k: 1}\nc:\n  <<: *b\n  d: 2\n", [["base"]]), undefined);
  });

  it("is found by line and column, and shown without anything that may be a value", () => {
    const yaml = read(
      "a:\n  b: s3cr3t\n  c: |\n    token: s3cr3t\n    s3cr3t\n  d: {e: s3cr3t, f: 's3cr3t\n    g: s3cr3t', h: s3cr3t}\n",
    );
    const removal = removalAt(yaml, 2, 6);
    assert.deepEqual(removal, { document: 0, path: ["a", "b"] });
    assert.deepEqual(linesOf(yaml, { document: 0, path: ["a", "b"] }), { first: 2, last: 2, shown: ["  b: …"] });
    assert.deepEqual(linesOf(yaml, { document: 0, path: ["a"] }), {
      first: 1,
      last: 7,
      shown: ["a:", "  b: …", "  c: …", "    …", "  d: …", "    …"],
    });
    assert.equal(removalAt(yaml, 2, 5), undefined);
  });
});
