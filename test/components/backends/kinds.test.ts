import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import ts from "typescript";
import { remoteStoreKinds } from "../../../components/backends/index.ts";
import { root } from "../../support/project.ts";

/** Kinds of store that a source names outside of comments. */
function kindsNamedIn(text: string): readonly string[] {
  const kinds: readonly string[] = remoteStoreKinds;
  // Most files hold none, and need no parser.
  if (!kinds.some((kind) => text.includes(kind))) return [];
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    const words = ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node) || ts.isStringLiteralLike(node);
    if (words) found.push(...kinds.filter((kind) => isNamedIn(node.text, kind)));
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile("source.ts", text, ts.ScriptTarget.Latest));
  return found;
}

/** As a word of its own: the page `docs/stores/<kind>.md` may be named. */
function isNamedIn(text: string, kind: string): boolean {
  return new RegExp(`(?<![\\w/-])${kind}(?![\\w-])`).test(text);
}

describe("a kind of store", () => {
  it("is named nowhere outside of its backend: what differs by kind is a member of it", () => {
    const files = globSync(["components/**/*.ts", "stacks/**/*.ts"], { cwd: root }).filter(
      (file) => !file.startsWith("components/backends/"),
    );
    assert.ok(files.length > 50, `only ${files.length} files`);
    const naming = files.filter((file) => kindsNamedIn(readFileSync(path.join(root, file), "utf8")).length > 0);
    assert.deepEqual(naming, []);
  });

  for (const source of [
    `switch (store.kind) { case "vault-kv": break; }`,
    `const onAws = store.kind === "aws-secrets-manager";`,
    "const table = { 'azure-key-vault': 1 };",
    "const message = `one of kind gcp-secret-manager: ${name}`;",
  ]) {
    it(`would be found in: ${source}`, () => assert.equal(kindsNamedIn(source).length, 1));
  }

  it("may stand in comments", () => {
    assert.deepEqual(kindsNamedIn('/** Stores of kind `vault-kv`. */ // "vault-kv"\nexport const x = 1;'), []);
  });
});
