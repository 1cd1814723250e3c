import { setTimeout as sleep } from "node:timers/promises";
import { InterruptedError } from "./errors.ts";

/** How long and how often `waitUntil` asks. */
export interface WaitOptions {
  readonly timeoutMs: number;
  /** Pause between two questions. Default 50 ms. */
  readonly everyMs?: number;
  readonly signal?: AbortSignal;
}

/** Asks until the answer is true. Returns false when the time is over; throws InterruptedError when aborted. */
export async function waitUntil(condition: () => Promise<boolean> | boolean, options: WaitOptions): Promise<boolean> {
  const end = performance.now() + options.timeoutMs;
  for (;;) {
    if (options.signal?.aborted) throw new InterruptedError();
    if (await condition()) return true;
    if (performance.now() >= end) return false;
    await pause(options.everyMs ?? 50, options.signal);
  }
}

/** Sleeps; throws InterruptedError at once when aborted. */
export async function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  try {
    await sleep(milliseconds, undefined, signal === undefined ? {} : { signal });
  } catch {
    throw new InterruptedError();
  }
}
