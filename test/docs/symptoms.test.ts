import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { root } from "../support/project.ts";

interface Row {
  readonly symptom: string;
  readonly named: string;
  /** File of the test, and its title or a part of it. */
  readonly test?: { readonly file: string; readonly title: string };
}

const page = readFileSync(path.join(root, "docs/symptoms.md"), "utf8");
const rows = page
  .split("\n")
  .filter((line) => line.startsWith("| "))
  .slice(2)
  .map((line): Row => {
    const [symptom = "", named = "", shown = ""] = line
      .split(" | ")
      .map((cell) => cell.replace(/^\| | *\|$/g, "").trim());
    const [, file, title = ""] = /^\[`[^`]+`\]\(\.\.\/([^)]+)\)(?:: (.+))?$/.exec(shown) ?? [];
    return { symptom, named, ...(file === undefined ? {} : { test: { file, title } }) };
  });

describe("docs/symptoms.md", () => {
  it("says of every symptom what names it", () => {
    assert.ok(rows.length > 40);
    for (const { symptom, named } of rows) assert.ok(named !== "" || symptom.startsWith("**"), symptom);
  });

  it("names a test that is there for every symptom", () => {
    const without = rows.filter(({ test, symptom }) => test === undefined && !symptom.startsWith("**"));
    assert.deepEqual(
      without.map(({ symptom }) => symptom),
      [],
    );
    for (const { test } of rows) {
      if (test === undefined) continue;
      const text = readFileSync(path.join(root, test.file), "utf8");
      assert.ok(text.includes(test.title), `${test.file} has no test "${test.title}"`);
    }
  });

  it("has each broken for real, but for what can't be written, what a kubelet says, and what is listed here", () => {
    const byWordsAlone = rows.filter(({ test }) => test !== undefined && !test.file.startsWith("test/e2e/"));
    assert.deepEqual(
      byWordsAlone.map(({ symptom }) => symptom),
      [
        "AWS: `an IAM role must be associated with service account` (Pod Identity)",
        "`driver name secrets-store.csi.k8s.io not found in the list of registered CSI drivers`",
        "`provider not found`, `error connecting to provider`",
        "A rotation may not read a Secret that it has to verify, or does not reach a cluster",
      ],
    );
  });
});
