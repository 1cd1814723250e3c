import assert from "node:assert/strict";
import { existsSync, globSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { clusterFacts } from "../../components/clusters/flavours/index.ts";
import { probeFacts } from "../../components/targets/probes/facts.ts";
import { targetFacts } from "../../components/targets/kinds.ts";
import { facts } from "../../stacks/config/schema/index.ts";
import { storeFacts } from "../../stacks/config/schema/stores.ts";
import { catalogue } from "../../stacks/environments/catalogue.ts";
import { secretNames } from "../../stacks/config/secret-names.ts";
import { root } from "../support/project.ts";

/** Every page of this repository. */
const pages = ["*.md", "docs/**/*.md", "examples/**/*.md", "test/**/*.md"]
  .flatMap((pattern) => globSync(pattern, { cwd: root, exclude: (name) => name === "node_modules" }))
  .sort();

const { scripts } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")) as {
  readonly scripts: Readonly<Record<string, string>>;
};

describe("the documentation", () => {
  for (const page of pages) {
    const text = readFileSync(path.join(root, page), "utf8");

    it(`${page} links to files and headings that exist`, () => {
      assert.deepEqual(
        linksOf(text).flatMap((link) => brokenLink(page, link)),
        [],
      );
    });

    it(`${page} names npm scripts and files that exist`, () => {
      const named = [...text.matchAll(/\bnpm run (?:-s )?(?<script>[\w:-]+)/g)].map(
        ({ groups }) => groups?.["script"] ?? "",
      );
      assert.deepEqual(
        named.filter((script) => scripts[script] === undefined),
        [],
      );
      const files = [
        ...text.matchAll(
          /`(?<file>(?:stacks|components|operations|cli|preview|ci|sandbox|test|examples|bench|docs)\/[\w./-]+\.\w+)`/g,
        ),
      ];
      assert.deepEqual(
        files.map(({ groups }) => groups?.["file"] ?? "").filter((file) => !existsSync(path.join(root, file))),
        [],
      );
    });
  }

  it("says in messages of the program only what exists", () => {
    const sources = ["stacks", "components", "operations", "cli", "preview", "ci", "sandbox"].flatMap((folder) =>
      globSync(`${folder}/**/*.ts`, { cwd: root }),
    );
    const broken = sources.flatMap((source) =>
      [...readFileSync(path.join(root, source), "utf8").matchAll(/\b(?:docs\/)[\w/-]+\.md(?:#[\w-]+)?/g)].flatMap(
        ([link]) => brokenLink("README.md", link).map((problem) => `${source}: ${problem}`),
      ),
    );
    assert.deepEqual(broken, []);
  });

  const sections = {
    "Top level": () => Object.keys(facts.shape),
    Stores: () => storeFacts.options.flatMap((option) => pathsIn(option)),
    Clusters: () => clusterFacts.options.flatMap((option) => pathsIn(option)),
    Targets: () => targetFacts.options.flatMap((option) => pathsIn(option)),
    Probes: () => probeFacts.options.flatMap((option) => pathsIn(option)),
    Namespaces: () => pathsIn(facts.shape.namespaces.valueType),
    "Secret values": () => secretNames(catalogue),
  };
  for (const [section, names] of Object.entries(sections)) {
    it(`names every fact in docs/facts.md, and none that does not exist: ${section}`, () => {
      assert.deepEqual(factsNamedIn(section), [...new Set(names())].sort());
    });
  }
});

/** Targets of all links outside of code. */
function linksOf(text: string): readonly string[] {
  const prose = text.replaceAll(/^```.*?^```$/gms, "").replaceAll(/`[^`\n]*`/g, "");
  return [...prose.matchAll(/\]\((?<target>[^)\s]+)\)/g)].map(({ groups }) => groups?.["target"] ?? "");
}

function brokenLink(page: string, link: string): readonly string[] {
  if (/^https?:/.test(link)) return [];
  const [target = "", anchor] = link.split("#");
  const file = target === "" ? path.join(root, page) : path.resolve(root, path.dirname(page), target);
  if (!existsSync(file)) return [`${link}: there is no such file`];
  if (anchor === undefined || !statSync(file).isFile()) return [];
  const anchors = [...readFileSync(file, "utf8").matchAll(/^#+ (?<title>.+)$/gm)].map(({ groups }) =>
    anchorOf(groups?.["title"] ?? ""),
  );
  return anchors.includes(anchor) ? [] : [`${link}: there is no such heading; there are ${anchors.join(", ")}`];
}

/** As GitHub makes them. */
function anchorOf(title: string): string {
  return title
    .toLowerCase()
    .replaceAll(/[^\w\- ]/g, "")
    .replaceAll(" ", "-");
}

/** What a section of docs/facts.md names in the first column of its tables, each once, without `[]` and `.<name>`. */
function factsNamedIn(section: string): readonly string[] {
  const page = readFileSync(path.join(root, "docs/facts.md"), "utf8");
  const text = page.split(/^## /m).find((part) => part.startsWith(`${section}\n`)) ?? "";
  const rows = text.split("\n").filter((line) => line.startsWith("| `"));
  const named = rows.flatMap((row) => [...(row.split(" | ")[0] ?? "").matchAll(/`(?<fact>[^`]+)`/g)]);
  return [...new Set(named.map(({ groups }) => (groups?.["fact"] ?? "").replaceAll(/\[\]|\.<[a-z]+>/g, "")))].sort();
}

/** The facts below a schema, by their paths: those of objects, of lists of objects, and of objects by name. */
function pathsIn(schema: unknown): readonly string[] {
  return shapesOf(schema).flatMap((shape) =>
    Object.entries(shape).flatMap(([name, inner]) => {
      const below = pathsIn(inner);
      return below.length === 0 ? [name] : below.map((each) => `${name}.${each}`);
    }),
  );
}

/** The objects that a schema takes, itself or as its items or values; several where it is a union. */
function shapesOf(schema: unknown): readonly object[] {
  if (typeof schema !== "object" || schema === null) return [];
  if ("shape" in schema && typeof schema.shape === "object") return schema.shape === null ? [] : [schema.shape];
  if ("options" in schema && Array.isArray(schema.options)) return schema.options.flatMap(shapesOf);
  if ("valueType" in schema) return shapesOf(schema.valueType);
  return "unwrap" in schema && typeof schema.unwrap === "function" ? shapesOf((schema.unwrap as () => unknown)()) : [];
}
