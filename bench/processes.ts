import { execa } from "execa";
import { readFile } from "node:fs/promises";
import path from "node:path";

/** What the processes of one role used. */
export interface ProcessUse {
  /** User and system time; 0 where the system has no `/proc`. */
  readonly cpuSeconds: number;
  /** Most resident memory at one time, of all processes of the role. */
  readonly peakBytes: number;
  /** The same of a single process. */
  readonly largestBytes: number;
}

/** What was used since the watch began, or since the last lap. */
export interface Lap {
  readonly roles: Readonly<Record<string, ProcessUse>>;
  /** Most resident memory at one time of program, engine and plugins together. */
  readonly peakBytes: number;
}

/** One line of `ps`. */
export interface ProcessRow {
  readonly pid: number;
  readonly parent: number;
  readonly rssBytes: number;
  readonly command: string;
}

interface Seen {
  readonly role: string;
  /** CPU seconds at the start of the lap, and now. */
  start: number;
  now: number;
}

/** How often processes are looked at: what ends between two looks is missed by at most that. */
const sampleMs = 500;

/** The kernel's unit of time in `/proc/<pid>/stat`: USER_HZ, which is 100 on every Linux that Node runs on. */
const ticksPerSecond = 100;

/**
 * Watches the descendants of this process (program, engine, plugins), and the servers of the platform in `root`, which
 * are descendants of nobody here.
 */
export class ProcessWatch {
  readonly #root: string;
  readonly #processes = new Map<number, Seen>();
  readonly #peaks = new Map<string, number>();
  readonly #largest = new Map<string, number>();
  #peakBytes = 0;
  #sampling: Promise<void> = Promise.resolve();
  readonly #timer: NodeJS.Timeout;

  constructor(root: string) {
    this.#root = root;
    this.#timer = setInterval(() => void this.#sampleOnce(), sampleMs);
  }

  /** Ends a lap and begins the next. */
  async lap(): Promise<Lap> {
    await this.#sampleOnce();
    const roles = new Map<string, { cpuSeconds: number; peakBytes: number; largestBytes: number }>();
    for (const [role, peakBytes] of this.#peaks) {
      roles.set(role, { cpuSeconds: 0, peakBytes, largestBytes: this.#largest.get(role) ?? 0 });
    }
    for (const seen of this.#processes.values()) {
      const use = roles.get(seen.role);
      if (use !== undefined) use.cpuSeconds += seen.now - seen.start;
      seen.start = seen.now;
    }
    const lap = { roles: Object.fromEntries(roles), peakBytes: this.#peakBytes };
    this.#peaks.clear();
    this.#largest.clear();
    this.#peakBytes = 0;
    return lap;
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #sampleOnce(): Promise<void> {
    this.#sampling = this.#sampling.then(() => this.#sample());
    return this.#sampling;
  }

  async #sample(): Promise<void> {
    const { stdout } = await execa("ps", ["-A", "-ww", "-o", "pid=,ppid=,rss=,args="], { reject: false });
    const rows = processRows(stdout);
    const family = familyOf(process.pid, rows);
    const sums = new Map<string, number>();
    let ours = 0;
    for (const { pid, rssBytes, command } of rows) {
      // What measures is not measured.
      if (pid === process.pid) continue;
      const own = family.has(pid);
      if (!own && !command.includes(this.#root)) continue;
      const role = roleOf(command);
      // `ps` itself is a child of this process too.
      if (role === "ps") continue;
      sums.set(role, (sums.get(role) ?? 0) + rssBytes);
      this.#largest.set(role, Math.max(this.#largest.get(role) ?? 0, rssBytes));
      if (own) ours += rssBytes;
      const cpu = await cpuSeconds(pid);
      const known = this.#processes.get(pid);
      if (known !== undefined) known.now = Math.max(known.now, cpu);
      // A server runs since before the watch; what is started during it has used nothing before.
      else this.#processes.set(pid, { role, start: own ? 0 : cpu, now: cpu });
    }
    for (const [role, bytes] of sums) this.#peaks.set(role, Math.max(this.#peaks.get(role) ?? 0, bytes));
    this.#peakBytes = Math.max(this.#peakBytes, ours);
  }
}

/** What program, engine and plugins used of a lap, by role, and their CPU time together. */
export function usedByRun(roles: Lap["roles"]): { readonly roles: Lap["roles"]; readonly cpuMs: number } {
  const ours = Object.entries(roles).filter(([role]) => /^(?:program|engine|plugin .+)$/.test(role));
  const cpuMs = ours.reduce((sum, [, { cpuSeconds }]) => sum + cpuSeconds, 0) * 1000;
  return { roles: Object.fromEntries(ours), cpuMs };
}

/** File of the process that the program runs in. */
export const programFile = "stack-child.ts";

/** Reads the output of `ps -o pid=,ppid=,rss=,args=`. */
export function processRows(output: string): readonly ProcessRow[] {
  return output.split("\n").flatMap((line) => {
    const [, pid, parent, kilobytes, command] = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
    if (pid === undefined || command === undefined) return [];
    return [{ pid: Number(pid), parent: Number(parent), rssBytes: Number(kilobytes) * 1024, command }];
  });
}

/** A process and its descendants. A parent may follow its children in the list, so it is read until nothing is added. */
export function familyOf(root: number, rows: readonly ProcessRow[]): ReadonlySet<number> {
  const family = new Set([root]);
  for (let size = 0; size !== family.size;) {
    size = family.size;
    for (const { pid, parent } of rows) if (family.has(parent)) family.add(pid);
  }
  return family;
}

/** What a process is for: `program` in the SDK's runner, `engine`, `plugin <name>`, or the name of its program without the version of its build. */
export function roleOf(command: string): string {
  const [program = "", ...args] = command.split(" ");
  const plugin = /(?:stand-in-plugins\/|pulumi-resource-)([a-z-]+)/.exec(command)?.[1];
  if (plugin !== undefined) return `plugin ${plugin}`;
  if (command.includes("/@pulumi/pulumi/cmd/run/")) return "program";
  const name = path.basename(program);
  if (/^pulumi(-\d|$)/.test(name)) return "engine";
  if (name === "node" && args.some((each) => path.basename(each) === programFile)) return "program";
  if (name === "node") return path.basename(args.find((each) => !each.startsWith("-")) ?? name, ".ts");
  return name.replace(/-\d+\.\d+.*$/, "");
}

async function cpuSeconds(pid: number): Promise<number> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, "utf8");
    // The name in brackets may have spaces; user and system time are the 12th and 13th field after it.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
  } catch {
    return 0;
  }
}
