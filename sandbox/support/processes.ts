import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { hasCode } from "./errors.ts";
import { waitUntil } from "./wait.ts";

/**
 * Names one process for good. A pid alone does not: after a crash or a reboot the number may belong to
 * somebody else's program, and stopping it would be a disaster. The start time makes the pair unique.
 */
export interface ProcessRecord {
  readonly pid: number;
  /** As `processStartTime` gave it when the process was started. */
  readonly startTime: string;
}

/** When the process started, in a form that only compares for equality; undefined when it does not run. */
export function processStartTime(pid: number): string | undefined {
  return process.platform === "linux" ? startTimeFromProc(pid) : startTimeFromPs(pid);
}

function startTimeFromProc(pid: number): string | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  } catch {
    return undefined;
  }
  // The second field is the program's name in brackets and may itself hold spaces and brackets.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const [state, startTicks] = [fields[0], fields[19]];
  if (state === "Z" || state === "X" || startTicks === undefined) return undefined;
  // Ticks count from boot, so the same pair could come back after a reboot without the boot's own id.
  return `${startTicks}@${readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()}`;
}

function startTimeFromPs(pid: number): string | undefined {
  try {
    const output = execFileSync("ps", ["-o", "stat=,lstart=", "-p", String(pid)], {
      encoding: "utf8",
      env: { ...process.env, LC_ALL: "C" },
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();
    const [state, ...started] = output.split(/\s+/);
    return state === undefined || state.startsWith("Z") ? undefined : started.join(" ");
  } catch {
    return undefined;
  }
}

/** The record of a process that runs now. */
export function recordOf(pid: number): ProcessRecord | undefined {
  const startTime = processStartTime(pid);
  return startTime === undefined ? undefined : { pid, startTime };
}

/** Whether exactly this process still runs; a reused pid counts as not running. */
export function isRunning(record: ProcessRecord): boolean {
  return processStartTime(record.pid) === record.startTime;
}

/** A record read from a file, or undefined when the value is none. */
export function parseProcessRecord(value: unknown): ProcessRecord | undefined {
  if (typeof value !== "object" || value === null || !("pid" in value) || !("startTime" in value)) return undefined;
  const { pid, startTime } = value;
  if (typeof pid !== "number" || !Number.isInteger(pid) || pid <= 1 || typeof startTime !== "string") return undefined;
  return { pid, startTime };
}

/** Asks the process to stop, and kills it after `graceMs`. Returns when it is gone. */
export async function stopProcess(record: ProcessRecord, graceMs: number): Promise<void> {
  const gone = () => !isRunning(record);
  if (gone()) return;
  send(record, "SIGTERM");
  if (await waitUntil(gone, { timeoutMs: graceMs })) return;
  send(record, "SIGKILL");
  await waitUntil(gone, { timeoutMs: 5_000 });
}

function send(record: ProcessRecord, signal: NodeJS.Signals): void {
  try {
    process.kill(record.pid, signal);
  } catch (error) {
    if (!hasCode(error, "ESRCH")) throw error;
  }
}
