import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Outcome } from "../../../cli/command-line.ts";
import { typed } from "../../../cli/captured.ts";
import { root } from "../../../support/project.ts";
import type { Example } from "../example.ts";

/** A command line that is carried out as it is typed, in a folder with these files, whose path is not shown. */
export function withFiles(line: string, files: Readonly<Record<string, string>> = {}): Example {
  return { typed: line, run: () => carriedOut(line, files) };
}

async function carriedOut(line: string, files: Readonly<Record<string, string>>): Promise<Outcome> {
  const folder = await mkdtemp(path.join(tmpdir(), "commands-"));
  try {
    for (const [name, text] of Object.entries(files)) await writeFile(path.join(folder, name), text);
    for (const name of ["Pulumi.yaml", "Pulumi.sandbox.yaml"]) await cp(path.join(root, name), path.join(folder, name));
    const words = line.split(" ").slice(2);
    const isOwnRoot = words.includes("sandbox");
    const { code, stdout, stderr } = await typed(
      ...words.map((word) =>
        Object.hasOwn(files, word) || word.endsWith(".template") || word.endsWith(".html")
          ? path.join(folder, word)
          : word,
      ),
      ...(isOwnRoot ? ["--root", folder] : []),
    );
    const shown = (text: string) => text.replaceAll(`${folder}/`, "");
    return { code, stdout: shown(stdout), stderr: shown(stderr) };
  } finally {
    await rm(folder, { recursive: true });
  }
}
