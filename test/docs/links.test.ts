import assert from "node:assert/strict";
import { existsSync, globSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { clusterFacts } from "../../stacks/facts/clusters.ts";
import { facts } from "../../stacks/facts/index.ts";
import { storeFacts } from "../../stacks/facts/stores.ts";
import { root } from "../support/project.ts";

/** Every page of this repository. */
const pages = ["*.md", "docs/**/*.md", "examples/**/*.md"]
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
        ...text.matchAll(/`(?<file>(?:stacks|components|sandbox|test|examples|bench|docs)\/[\w./-]+\.\w+)`/g),
      ];
      assert.deepEqual(
        files.map(({ groups }) => groups?.["file"] ?? "").filter((file) => !existsSync(path.join(root, file))),
        [],
      );
    });
  }

  it("says in messages of the program only what exists", () => {
    const sources = ["stacks/**/*.ts", "components/**/*.ts", "sandbox/**/*.ts"].flatMap((pattern) =>
      globSync(pattern, { cwd: root }),
    );
    const broken = sources.flatMap((source) =>
      [...readFileSync(path.join(root, source), "utf8").matchAll(/\b(?:docs\/)[\w/-]+\.md(?:#[\w-]+)?/g)].flatMap(
        ([link]) => brokenLink("README.md", link).map((problem) => `${source}: ${problem}`),
      ),
    );
    assert.deepEqual(broken, []);
  });

  it("names every fact in docs/facts.md", () => {
    const page = readFileSync(path.join(root, "docs/facts.md"), "utf8");
    assert.ok(factNames().length > 30, "the schema is read in full");
    assert.deepEqual(
      [...new Set(factNames())].filter((name) => !page.includes(`\`${name}\``)),
      [],
    );
  });
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

/** Facts as the page names them: nested ones by their path below the store, cluster or namespace. */
function factNames(): readonly string[] {
  return [
    ...Object.keys(facts.shape),
    ...Object.keys(facts.shape.namespaces.valueType.shape),
    ...[...storeFacts.options, ...clusterFacts.options].flatMap(({ shape }) =>
      Object.entries(shape).flatMap(([name, schema]) => {
        const inner = shapeOf(schema);
        return inner === undefined ? [name] : Object.keys(inner).map((key) => `${name}.${key}`);
      }),
    ),
  ];
}

function shapeOf(schema: unknown): object | undefined {
  if (typeof schema !== "object" || schema === null) return undefined;
  if ("shape" in schema && typeof schema.shape === "object") return schema.shape ?? undefined;
  return "unwrap" in schema && typeof schema.unwrap === "function"
    ? shapeOf((schema.unwrap as () => unknown)())
    : undefined;
}
