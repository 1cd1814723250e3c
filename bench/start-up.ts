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

/** Median duration of an offline preview of an environment, in milliseconds. */
export async function measurePreview(environment: string, runs: number): Promise<number> {
  const times: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    const script = path.join(repositoryRoot, "preview", "cli.ts");
    const start = performance.now();
    await execa(process.execPath, ["--no-warnings", script, environment, "--json"], { cwd: repositoryRoot });
    times.push(performance.now() - start);
  }
  return Math.round(times.sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0);
}

/** Median of several starts of the program for an environment, each in a new process, against a mocked engine. */
export async function measureStartUp(environment: string, runs: number): Promise<StartUp> {
  const results: StartUp[] = [];
  for (let run = 0; run < runs; run += 1) {
    const script = path.join(repositoryRoot, "bench", "start-up-child.ts");
    // The child leaves in the middle of the program, which Pulumi's exit handler calls a failure.
    const { stdout } = await execa(process.execPath, ["--no-warnings", script, environment], {
      cwd: repositoryRoot,
      reject: false,
    });
    results.push(JSON.parse(stdout) as StartUp);
  }
  const sorted = results.sort((a, b) => a.milliseconds - b.milliseconds);
  const median = sorted[Math.floor(sorted.length / 2)];
  if (median === undefined) throw new Error("runs must be at least 1");
  return median;
}
