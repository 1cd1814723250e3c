import { createWriteStream } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import path from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { temporaryName } from "../support/files.ts";
import { digestIn, digestOf, type PublishedChecksum } from "./checksum.ts";

/** A published file. */
export interface PublishedFile {
  readonly url: string;
  readonly checksum: PublishedChecksum;
}

/** The slowest that a list of checksums, and a program, may be. */
const CHECKSUM_MS = 10_000;
const PROGRAM_MS = 300_000;

/** A transfer that breaks off is tried once more. */
const ATTEMPTS = 2;

/** Something that the vendor published is not what its checksum says, or has none: it is not used. */
export class ChecksumError extends Error {}

/** Downloads a file whose digest is the published one. Throws, and leaves nothing, for any other. */
export async function fetchVerified(file: PublishedFile, target: string, signal: AbortSignal): Promise<void> {
  const name = path.posix.basename(new URL(file.url).pathname);
  const { url, form, algorithm } = file.checksum;
  const digest = digestIn(await text(url, signal), form, name);
  if (digest === undefined || digest === "") throw new ChecksumError(`${url} has no checksum of ${name}`);
  await mkdir(path.dirname(target), { recursive: true });
  const partial = temporaryName(target);
  try {
    await transfer(file.url, partial, signal);
    if ((await digestOf(partial, algorithm)) !== digest.toLowerCase()) {
      throw new ChecksumError(`${file.url} does not have the checksum in ${url}`);
    }
    await rename(partial, target);
  } finally {
    await rm(partial, { force: true });
  }
}

async function text(url: string, signal: AbortSignal): Promise<string> {
  return await (await get(url, CHECKSUM_MS, signal)).text();
}

async function transfer(url: string, target: string, signal: AbortSignal): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const { body } = await get(url, PROGRAM_MS, signal);
    if (body === null) throw new Error(`${url} answered nothing`);
    try {
      await pipeline(Readable.fromWeb(body), createWriteStream(target), { signal });
      return;
    } catch (error) {
      if (signal.aborted || attempt === ATTEMPTS) throw new Error(`${url} broke off`, { cause: error });
    }
  }
}

async function get(url: string, timeoutMs: number, signal: AbortSignal): Promise<Response> {
  const response = await fetch(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]) });
  if (!response.ok) throw new Error(`${url}: HTTP ${response.status}`);
  return response;
}
