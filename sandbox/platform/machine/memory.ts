import { execa } from "execa";

/** Resident memory of a process in bytes; undefined when it is gone. `ps` gives kilobytes on Linux and macOS alike. */
export async function memoryOf(pid: number): Promise<number | undefined> {
  const { stdout } = await execa("ps", ["-o", "rss=", "-p", String(pid)], { reject: false });
  const kilobytes = Number.parseInt(stdout ?? "", 10);
  return Number.isNaN(kilobytes) ? undefined : kilobytes * 1024;
}
