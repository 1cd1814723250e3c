import { execa } from "execa";
import path from "node:path";
import { repositoryRoot } from "../sandbox/layout.ts";

export interface StartUp {
  /** From the start of the process to the first resource that the program registers. */
  readonly milliseconds: number;
  readonly rssBytes: number;
  /** CommonJS modules loaded, which the provider SDKs are made of. */
  readonly modules: number;
}

/** Median of several starts of the program, in processes of their own, against a mocked engine. */
export async function measureStartUp(runs: number): Promise<StartUp> {
  const results: StartUp[] = [];
  for (let run = 0; run < runs; run += 1) {
    const script = path.join(repositoryRoot, "bench", "start-up-child.ts");
    // The child leaves in the middle of the program, which Pulumi's exit handler calls a failure.
    const { stdout } = await execa(process.execPath, ["--no-warnings", script], { cwd: repositoryRoot, reject: false });
    results.push(JSON.parse(stdout) as StartUp);
  }
  const sorted = results.sort((a, b) => a.milliseconds - b.milliseconds);
  const median = sorted[Math.floor(sorted.length / 2)];
  if (median === undefined) throw new Error("no run was made");
  return median;
}
