import { existsSync } from "node:fs";
import path from "node:path";
import { machineFiles } from "../../operations/migrate/files.ts";
import type { RetireContext } from "../../operations/migrate/retire/index.ts";
import { gitRevision, rewrite } from "../../operations/migrate/retire/revisions.ts";
import type { Session } from "../frame.ts";
import { sourcesOfWords } from "./options.ts";
import { planOf, readNamed } from "./read.ts";
import { migrationTools } from "./run.ts";

export interface RetireToolsArgs {
  readonly stack: string;
  readonly session: Session;
}

/** What a retirement works with: the sources that the journal names, as far as they are files that still exist. */
export async function retireTools({ stack, session }: RetireToolsArgs): Promise<Omit<RetireContext, "journal">> {
  const { cluster, onStep, signal } = await migrationTools({ stack, cluster: undefined, session });
  return {
    cluster,
    ...(onStep === undefined ? {} : { onStep }),
    ...(signal === undefined ? {} : { signal }),
    files: machineFiles,
    revision: gitRevision,
    rewrite,
    sources: async ({ sources: words, folder = process.cwd() }) => {
      const { sources, options } = sourcesOfWords(words);
      const files = sources.filter((each) => !/^(?:live|vault):/.test(each)).map((each) => seenFrom(folder, each));
      const all = { ...options, json: session.json, root: session.root, stack };
      const reading = await readNamed(files.filter(existsSync), all);
      const { secrets } = await planOf(reading, all);
      return { secrets, issues: reading.issues };
    },
  };
}

/** A path as it was typed in another folder. */
function seenFrom(folder: string, source: string): string {
  if (path.isAbsolute(source) || path.resolve(folder) === process.cwd()) return source;
  return path.relative(process.cwd(), path.resolve(folder, source));
}
