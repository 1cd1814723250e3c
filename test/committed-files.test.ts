import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { root } from "./support/project.ts";

/**
 * An absolute path in a folder of a person, or of a machine's temporary files. What comes before it must not be part of a
 * name or an address: `minio/root/vault` and `https://vault.example/home/x` are none.
 */
const machinePath = /(?<![\w.\])}>$*-])\/(?:tmp|work|home|root|Users|private|var\/folders)\/(?!<)[\w.@-]+[\w./@-]*/g;

/** Examples in tests that no machine has. */
const examples = /^\/(?:home|Users)\/me(?:\/|$)/;

/** Files as they are committed, or are going to be, which are text. */
function texts(): readonly (readonly [file: string, text: string])[] {
  const args = ["ls-files", "--cached", "--others", "--exclude-standard", "-z"];
  const files = execFileSync("git", args, { cwd: root, encoding: "utf8" }).split("\0");
  return files
    .filter((file) => file !== "" && path.basename(file) !== "node_modules")
    .flatMap((file) => {
      const text = textOf(path.join(root, file));
      return text === undefined ? [] : [[file, text] as const];
    });
}

/** Undefined for what is binary, or was deleted and not committed yet. */
function textOf(file: string): string | undefined {
  try {
    const bytes = readFileSync(file);
    return bytes.includes(0) ? undefined : bytes.toString("utf8");
  } catch {
    return undefined;
  }
}

describe("committed files", () => {
  it("hold no path of a machine", () => {
    const all = texts();
    assert.ok(all.length > 500, `only ${all.length}`);
    const found = all.flatMap(([file, text]) =>
      (text.match(machinePath) ?? []).filter((each) => !examples.test(each)).map((each) => `${file}: ${each}`),
    );
    assert.deepEqual(found, []);
  });

  it("would show such a path, and take no name for one", () => {
    const paths = (text: string) => text.match(machinePath) ?? [];
    for (const before of ["", " ", '"', "file://", "--root=", "(", "PATH=/usr/bin:"]) {
      assert.deepEqual(paths(`${before}/home/me/x.ts#1`), ["/home/me/x.ts"], before);
    }
    for (const text of [
      "minio/root/vault",
      "https://vault.example/home/x",
      "$HOME/tmp/x",
      "${root}/tmp/x",
      "/tmp/<name>",
    ])
      assert.deepEqual(paths(text), [], text);
  });
});
