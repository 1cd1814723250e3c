import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { root } from "../support/project.ts";

const read = (file: string) => readFileSync(path.join(root, file), "utf8");
const readme = read("README.md");
const excerpt = /<!-- from: (?<page>\S+) -->\n\n```\n(?<text>.*?)\n```/gs;

describe("README.md", () => {
  const found = [...readme.matchAll(excerpt)].map(({ groups }) => groups ?? {});

  it("shows what rotate, doctor and migrate print", () => {
    assert.deepEqual(
      found.map(({ page }) => page),
      ["docs/commands/rotate.md", "docs/commands/doctor.md", "docs/commands/migrate-run.md"],
    );
  });

  for (const { page = "", text = "" } of found) {
    it(`shows no line that ${page} does not, and in its order`, () => {
      const lines = read(page).split("\n");
      let at = 0;
      for (const line of text.split("\n").filter((each) => each !== "…")) {
        const next = lines.indexOf(line, at);
        assert.ok(next >= at, `not in ${page} from line ${at + 1} on: ${line}`);
        at = next + 1;
      }
    });
  }

  it("shows pictures that are there", () => {
    const files = [...readme.matchAll(/(?:src|srcset)="([^"]+)"/g)].map(([, file = ""]) => file);
    assert.deepEqual(files, ["docs/images/report-dark.png", "docs/images/report-light.png"]);
    for (const file of files) assert.ok(existsSync(path.join(root, file)), file);
  });
});
