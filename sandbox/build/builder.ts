import { cp, mkdir, open, readFile, rename, rm, writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import path from "node:path";
import { execa } from "execa";
import { InterruptedError, messageOf, SandboxError } from "../support/errors.ts";
import { lastLines, temporaryName } from "../support/files.ts";
import { formatDuration } from "../support/format.ts";
import { withLock, type LockOptions } from "../support/lock.ts";
import type { Progress, Step } from "../support/progress.ts";
import { compilerFlags, linkerFlags } from "./cache-key.ts";
import { requireDiskSpace } from "./disk.ts";
import { downloadReleases, type ReleaseSource } from "./download.ts";
import { placePackaged } from "./npm-package.ts";
import { type BuiltTool, type Job, locate, missing, planJobs } from "./jobs.ts";
import { makePatchedCopy } from "./patches.ts";
import { goEnvironment, requireGo } from "./toolchain.ts";
import { type PinnedModule, requiredVersion, type ToolName, toolsFolder } from "./tools.ts";

/** What is wanted and where. */
export interface BuildOptions {
  readonly cache: string;
  readonly tools: readonly ToolName[];
  /** Whether published programs may be downloaded. Default: everything is built. */
  readonly releases?: ReleaseSource;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/** What the project that publishes another program has built into that: absent then. */
type BuiltIn = "vault-plugin-auth-kubernetes" | "postgresql-database-plugin";

/** Every asked-for program. */
export type BuiltTools<Name extends ToolName = ToolName> = Readonly<Record<Exclude<Name, BuiltIn>, BuiltTool>> &
  Readonly<Partial<Record<Extract<Name, BuiltIn>, BuiltTool>>>;

/** Held by the run that uses the work folders of a cache. */
export function buildLock(cache: string): string {
  return path.join(cache, "build.lock");
}

/** Says whom it waits for. */
export function waitingForBuild({ cache, progress, signal }: Omit<BuildOptions, "tools" | "releases">): LockOptions {
  const onBusy = ({ pid }: { pid: number }) => {
    progress.info(`Another run (pid ${pid}) is building into ${cache}; waiting for it.`);
  };
  return { onBusy, signal };
}

/** Returns the programs, obtaining those that the cache does not hold. Nothing is run or locked when it holds them all. */
export async function buildTools(options: BuildOptions): Promise<BuiltTools> {
  const jobs = await planJobs(options.cache, options.tools);
  if ((await missing(jobs)).length > 0) await obtainMissing(jobs, options);
  return Object.fromEntries(await locate(jobs)) as unknown as BuiltTools;
}

async function obtainMissing(jobs: readonly Job[], options: BuildOptions): Promise<void> {
  const { cache, progress, signal, releases } = options;
  await withLock(buildLock(cache), waitingForBuild(options), async () => {
    // The other run may have built them meanwhile.
    if (releases !== undefined) {
      await mkdir(path.join(cache, "bin"), { recursive: true });
      await downloadReleases(await missing(jobs), { source: releases, progress, signal });
      if (releases.packages === true) await placePackaged(await missing(jobs), { progress, signal });
    }
    const todo = await missing(jobs);
    if (todo.length === 0) return;
    const go = await requireGo(cache);
    await requireDiskSpace(cache);
    await removeLeftovers(cache);
    const modules = [...new Set(todo.map(({ module }) => module))];
    const title = `Build ${todo.length === 1 ? "one program" : `${todo.length} programs`} from source with Go ${go} (${estimate(todo)} with empty caches)`;
    const steps = modules.map((module) => stepFor(module, todo, cache));
    await progress.run({ title, steps, concurrency: Math.min(2, availableParallelism()), signal });
  });
}

function estimate(todo: readonly Job[]): string {
  const seconds = todo.reduce((sum, { tool }) => sum + tool.coldSeconds, 0) / 2;
  return `about ${Math.max(1, Math.ceil(seconds / 60))} min on 2 cores`;
}

/** Temporary outputs of a build that was killed: 100 MB each, and no longer anybody's. */
async function removeLeftovers(cache: string): Promise<void> {
  await rm(path.join(cache, "partial"), { recursive: true, force: true });
  await Promise.all(["bin", "partial", "logs"].map((name) => mkdir(path.join(cache, name), { recursive: true })));
}

function stepFor(module: PinnedModule, todo: readonly Job[], cache: string): Step {
  const jobs = todo.filter((job) => job.module === module);
  return {
    title: `${module.name} ${module.version}`,
    run: async (note, signal) => {
      const started = performance.now();
      const folder = await prepareWorkFolder(module, cache);
      for (const [index, job] of jobs.entries()) {
        const position = jobs.length > 1 ? ` (${index + 1} of ${jobs.length})` : "";
        const say = () => {
          note(`${job.tool.name}${position}, ${formatDuration(performance.now() - started)}`);
        };
        say();
        const timer = setInterval(say, 1000);
        try {
          await buildOne(job, folder, cache, signal);
        } finally {
          clearInterval(timer);
        }
      }
      note(formatDuration(performance.now() - started));
    },
  };
}

/** The pinned files (and the patched copy that the go.mod's replace line names) in a folder of the cache; the repository stays untouched. */
export async function prepareWorkFolder(module: PinnedModule, cache: string): Promise<string> {
  const folder = path.join(cache, "build", module.name);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  for (const file of ["go.mod", "go.sum"]) await cp(path.join(toolsFolder, module.name, file), path.join(folder, file));
  // `go build` stops without a package in the folder of some modules; an empty one is enough.
  await writeFile(path.join(folder, "doc.go"), "package tools\n");
  if (module.patch !== undefined) {
    const source = await moduleFolder(module.patch.module, folder, cache);
    await makePatchedCopy(module.patch, source, path.join(folder, module.patch.folder));
  }
  return folder;
}

/** Where a required module's source is, downloaded and checked against go.sum when it is not there yet. */
export async function moduleFolder(goModule: string, workFolder: string, cache: string): Promise<string> {
  const version = await moduleVersion(goModule, workFolder);
  const { stdout } = await runGo(["mod", "download", "-json", `${goModule}@v${version}`], workFolder, cache);
  const parsed = JSON.parse(stdout) as { Dir: string };
  return parsed.Dir;
}

async function moduleVersion(goModule: string, workFolder: string): Promise<string> {
  return requiredVersion(await readFile(path.join(workFolder, "go.mod"), "utf8"), goModule);
}

async function runGo(args: readonly string[], cwd: string, cache: string): Promise<{ stdout: string }> {
  try {
    return await execa("go", args, { cwd, env: await goEnvironment(cache) });
  } catch (error) {
    throw new SandboxError(
      {
        what: `go ${args.join(" ")} failed.`,
        why: messageOf(error),
        fix: "Check that this machine reaches its Go module proxy (go env GOPROXY), then run this again.",
      },
      { cause: error },
    );
  }
}

async function buildOne(job: Job, folder: string, cache: string, signal: AbortSignal): Promise<void> {
  const { module, tool, built: output } = job;
  const partial = temporaryName(path.join(cache, "partial", path.basename(output)));
  const logFile = path.join(cache, "logs", `${path.basename(output)}.log`);
  const log = await open(logFile, "w");
  // readonly: a build that would need another checksum than the pinned ones fails instead of fetching it.
  const args = ["build", "-mod=readonly", ...compilerFlags(module), `-ldflags=${linkerFlags(module)}`];
  if (tool.tags !== undefined) args.push("-tags", tool.tags.join(","));
  args.push("-o", partial, tool.package);
  try {
    const result = await execa("go", args, {
      cwd: folder,
      env: await goEnvironment(cache),
      stdin: "ignore",
      stdout: log.createWriteStream({ autoClose: false }),
      stderr: log.createWriteStream({ autoClose: false }),
      cancelSignal: signal,
      reject: false,
    });
    if (signal.aborted) throw new InterruptedError();
    if (result.failed) throw await buildFailure(job, logFile);
    await rename(partial, output);
  } finally {
    await log.close();
    await rm(partial, { force: true });
  }
}

async function buildFailure({ tool, module }: Job, logFile: string): Promise<SandboxError> {
  const tail = await lastLines(logFile, 15);
  return new SandboxError({
    what: `Building ${tool.name} ${module.version} failed.`,
    why: `${tail}\n(whole log: ${logFile})`,
    fix: buildFix(tail),
  });
}

/** What helps against the failures that a build log shows. */
export function buildFix(log: string): string {
  if (/no space left on device/i.test(log))
    return "Free disk space (npm run sandbox -- clean-cache frees most), then run this again.";
  if (/signal: killed|cannot allocate memory/i.test(log))
    return "The compiler ran out of memory (it needs 4 GB): close programs, then run this again.";
  if (/checksum mismatch|SECURITY ERROR/i.test(log))
    return "A downloaded module is not the pinned one. Check the proxy (go env GOPROXY); do not switch checksums off.";
  if (/dial tcp|i\/o timeout|proxyconnect|connection refused|no such host|403|404|5\d\d /i.test(log)) {
    return "Check that this machine reaches its Go module proxy (go env GOPROXY), then run this again: finished programs are kept.";
  }
  return "Read the log; npm run sandbox -- clean-cache gives a build from empty caches.";
}
