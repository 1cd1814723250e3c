import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { format, resolveConfig } from "prettier";
import { exitsOf } from "../../../cli/frame.ts";
import { secretsProgram } from "../../../cli/program.ts";
import { assertGoldenText } from "../../support/golden.ts";
import { root } from "../../support/project.ts";
import { shownExample } from "./example.ts";
import { examples } from "./examples/index.ts";
import { commandsOf, describedBy, filled, placesIn } from "./page.ts";

const pages = commandsOf(secretsProgram());
const read = (file: string) => readFileSync(path.join(root, file), "utf8");

describe("docs/commands", () => {
  it("has a page for every command, and every page is of a command", () => {
    const files = readdirSync(path.join(root, "docs/commands")).map((file) => `docs/commands/${file}`);
    assert.deepEqual(files.sort(), pages.map(({ page }) => page).sort());
  });

  it("is listed in docs/cli.md, one row for each page", () => {
    const rows = [...read("docs/cli.md").matchAll(/^\| \[`secrets ([a-z -]+)`\]\((commands\/[a-z-]+\.md)\)/gm)];
    assert.deepEqual(
      rows.map(([, name = "", file = ""]) => [name.replaceAll(" ", "-"), `docs/${file}`]).sort(),
      pages.map(({ page }) => [path.basename(page, ".md"), page]).sort(),
    );
  });

  for (const { command, page } of pages) {
    const name = path.basename(page, ".md");
    describe(page, () => {
      it("says what the program says: synopsis, options, exit codes, and output of each example", async function () {
        this.timeout(120_000);
        const texts = new Map(Object.entries(describedBy(command)));
        const codes = new Set<string>();
        for (const [title, example] of Object.entries(examples[name] ?? {})) {
          assert.ok(
            example.typed.startsWith(`npx secrets ${name.replaceAll(/^(migrate|fleet)-/g, "$1 ")}`),
            example.typed,
          );
          const { code, text } = await shownExample(example);
          texts.set(`output ${title}`, text);
          codes.add(String(code));
        }
        const written = read(page);
        assert.deepEqual([...placesIn(written)].sort(), [...texts.keys()].sort(), "places of the page");
        const config = await resolveConfig(path.join(root, page));
        assertGoldenText(page, await format(filled(written, texts), { ...config, parser: "markdown" }));
        assert.deepEqual([...codes].sort(), Object.keys(exitsOf(command) ?? {}), "an example for each exit code");
      });

      it("is named by the help of its command", () => {
        const help: string[] = [];
        command.configureOutput({ writeOut: (text) => help.push(text) }).outputHelp();
        assert.ok(help.join("").endsWith(`\nOutput of each, and its JSON: ${page}\n`), help.join(""));
      });
    });
  }
});
