import { execa } from "execa";
import type { Layout } from "../../layout.ts";
import { recordOf, stopProcess } from "../../support/processes.ts";
import { runningProcess } from "../daemon.ts";
import type { ServerDefinition } from "../servers.ts";

const GRACE_MS = 10_000;

/**
 * Stops servers of this very platform that no pid file knows: the run that started them was killed in the moment between the two,
 * or somebody removed the pid files. Left alone they would hold the ports, or, like a second supervisor, work against the first.
 */
export async function stopOrphans(definitions: readonly ServerDefinition[], layout: Layout): Promise<void> {
  const { stdout } = await execa("ps", ["-axww", "-o", "pid=,args="], { reject: false });
  const records = await Promise.all(definitions.map(({ name }) => runningProcess(layout, name)));
  const known = new Set(records.map((record) => record?.pid));
  const orphans = orphanPids(stdout ?? "", definitions, layout.root).filter((pid) => !known.has(pid));
  await Promise.all(
    orphans.map(async (pid) => {
      const record = recordOf(pid);
      if (record !== undefined) await stopProcess(record, GRACE_MS);
    }),
  );
}

/**
 * Pids in `ps` output whose command line is that of a server: the same program, and its first argument that names this platform's folder.
 * Other platforms run the same programs with other folders.
 */
export function orphanPids(
  processes: string,
  definitions: readonly Pick<ServerDefinition, "program" | "args">[],
  root: string,
): number[] {
  return processes.split("\n").flatMap((line) => {
    const [, pid, commandLine] = /^\s*(\d+) (.*)$/.exec(line) ?? [];
    if (pid === undefined || commandLine === undefined) return [];
    const isOurs = definitions.some(({ program, args }) => {
      const mark = args.find((arg) => arg.includes(root));
      return mark !== undefined && commandLine.startsWith(`${program} `) && `${commandLine} `.includes(` ${mark} `);
    });
    return isOurs ? [Number(pid)] : [];
  });
}
