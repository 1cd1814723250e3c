import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { parse } from "yaml";
import { root } from "../support/project.ts";

const manifest = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")) as {
  readonly engines: { readonly node: string };
};
const { main } = parse(readFileSync(path.join(root, "Pulumi.yaml"), "utf8")) as { readonly main: string };

/** Imports the program's entry point as Pulumi's host for Node does, and prints what it exports or fails with. */
async function load(...options: readonly string[]): Promise<string> {
  const script = `import(${JSON.stringify(path.join(root, main))}).then(
    (program) => console.log(Object.keys(program).join(), typeof program.default),
    (error) => console.log(error.constructor.name, error.message, error.stack === error.message),
  )`;
  const { stdout } = await promisify(execFile)(process.execPath, ["--no-warnings", ...options, "-e", script], {
    cwd: root,
  });
  return stdout.trimEnd();
}

describe("the entry point of `pulumi up`", () => {
  it("is the program, and nothing else", async () => {
    assert.equal(await load(), "default function");
  });

  it("says at once what is wrong with a Node that runs no TypeScript, without a stack trace", async () => {
    assert.equal(
      await load("--no-experimental-strip-types"),
      [
        `RunError This program needs Node 22.18 or newer, which runs TypeScript; this is Node ${process.versions.node}.`,
        '    fix: install such a Node, or use the one that npm ci has installed: PATH="$PWD/node_modules/.bin:$PATH" pulumi up true',
      ].join("\n"),
    );
  });

  it("needs what package.json says it needs", () => {
    assert.equal(manifest.engines.node, ">=22.18");
    const { packages } = JSON.parse(readFileSync(path.join(root, "package-lock.json"), "utf8")) as {
      readonly packages: Readonly<Record<string, { readonly engines?: { readonly node: string } }>>;
    };
    assert.deepEqual(packages[""]?.engines, manifest.engines);
  });
});
