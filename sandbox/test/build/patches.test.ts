import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { applyEdit, type Edit, makePatchedCopy, vaultSdkPatch } from "../../build/patches.ts";

const replace: Edit = {
  kind: "replace",
  file: "a.go",
  reason: "The caller passes two arguments.",
  find: "func(a, b, c)",
  replaceWith: "func(a, $&)",
};

describe("patches", () => {
  it("replaces the anchor literally", () => {
    assert.equal(applyEdit(replace, "type F func(a, b, c) error"), "type F func(a, $&) error");
  });

  it("appends after checking the anchor", () => {
    const append: Edit = { kind: "append", file: "a.go", reason: "r", after: "package a", text: "var x = 1\n" };
    assert.equal(applyEdit(append, "package a\n"), "package a\nvar x = 1\n");
  });

  it("overwrites only the file that it was written for", () => {
    const overwrite: Edit = { kind: "overwrite", file: "a.go", reason: "r", expects: "provider/vault", text: "new" };
    assert.equal(applyEdit(overwrite, 'import _ "provider/vault"'), "new");
    assert.throws(() => applyEdit(overwrite, "package a"), /its anchor occurs 0 times/);
  });

  for (const [times, text] of [
    [0, "type F func() error"],
    [2, "func(a, b, c); func(a, b, c)"],
  ] as const) {
    it(`fails loudly when the anchor occurs ${times} times`, () => {
      assert.throws(() => applyEdit(replace, text), {
        message: [
          `The patch of a.go does not fit: its anchor occurs ${times} times, not once.`,
          "  why: The caller passes two arguments.",
          "       anchor: func(a, b, c)",
          "  fix: The module's version moved: update sandbox/build/patches.ts, or restore sandbox/tools.",
        ].join("\n"),
      });
    });
  }

  it("changes a copy of the module and leaves the module alone", async () => {
    const folder = await mkdtemp(path.join(tmpdir(), "patches-"));
    try {
      const source = path.join(folder, "module");
      const original = { "framework/backend.go": "", "helper/keysutil/lock_manager.go": "" };
      for (const file of Object.keys(original) as (keyof typeof original)[]) {
        original[file] = file.endsWith("backend.go")
          ? "type ActivationFunc func(context.Context, *logical.Request, string) error\n".replace("type ", "\t")
          : "package keysutil\nfunc (lm *LockManager) RestorePolicy(ctx context.Context) error { return nil }\n";
        await mkdir(path.dirname(path.join(source, file)), { recursive: true });
        await writeFile(path.join(source, file), original[file]);
      }
      const target = path.join(folder, "copy");
      await makePatchedCopy(vaultSdkPatch, source, target);
      const locks = await readFile(path.join(target, "helper/keysutil/lock_manager.go"), "utf8");
      assert.match(locks, /func \(lm \*LockManager\) restorePolicyOnly\(ctx/);
      assert.match(locks, /func \(lm \*LockManager\) RestorePolicy\(.*\(string, error\) \{/);
      const backend = await readFile(path.join(target, "framework/backend.go"), "utf8");
      assert.equal(backend, "\tActivationFunc func(context.Context, *logical.Request) error\n");
      for (const [file, text] of Object.entries(original)) {
        assert.equal(await readFile(path.join(source, file), "utf8"), text);
      }
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
