import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { root } from "../support/project.ts";

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const { bin } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")) as {
  readonly bin: Readonly<Record<string, string>>;
};

/** Runs `secrets` as `npx secrets` does: the file that `bin` names, by its first line. */
export function secrets(...words: readonly string[]): Promise<Outcome> {
  const file = path.join(root, bin["secrets"] ?? "");
  const env = { ...process.env, PATH: `${path.dirname(process.execPath)}:${process.env["PATH"] ?? ""}` };
  return new Promise((resolve) => {
    execFile(file, [...words], { cwd: root, env }, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === "number" ? error.code : -1;
      resolve({ code, stdout, stderr });
    });
  });
}
