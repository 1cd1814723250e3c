import { setTimeout } from "node:timers/promises";

/** Time as waiting code sees it, in milliseconds. In tests it passes as they say, whatever the machine is busy with. */
export interface Clock {
  readonly now: () => number;
  readonly sleep: (milliseconds: number) => Promise<void>;
}

export const realClock: Clock = { now: () => performance.now(), sleep: setTimeout };
