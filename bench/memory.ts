import { execa } from "execa";

/** Measures the resident memory of this process and all of its descendants. */
export class MemoryWatch {
  #peakBytes = 0;
  readonly #timer: NodeJS.Timeout;

  constructor() {
    this.#timer = setInterval(() => void this.#sample(), 500);
  }

  /** Stops, and returns the peak in bytes. */
  stop(): number {
    clearInterval(this.#timer);
    return this.#peakBytes;
  }

  async #sample(): Promise<void> {
    const { stdout } = await execa("ps", ["-A", "-o", "pid=,ppid=,rss="]);
    const rows = stdout.split("\n").map((line) => line.trim().split(/\s+/).map(Number));
    const family = new Set([process.pid]);
    // A parent may follow its children in the list, so repeat until no process is added.
    for (let size = 0; size !== family.size;) {
      size = family.size;
      for (const [pid = 0, parent = 0] of rows) if (family.has(parent)) family.add(pid);
    }
    const kilobytes = rows.filter(([pid = 0]) => family.has(pid)).reduce((sum, [, , rss = 0]) => sum + rss, 0);
    this.#peakBytes = Math.max(this.#peakBytes, kilobytes * 1024);
  }
}
