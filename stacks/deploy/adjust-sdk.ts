import { silenceDebugLog } from "./debug-log.ts";
import { omitPromiseTraces } from "./promise-traces.ts";
import { omitSourcePositions } from "./source-positions.ts";

/** Changes what the SDK does for every program, in this process, before anything is registered. Twice is as once. */
export function adjustSdk(): void {
  silenceDebugLog();
  omitPromiseTraces();
  omitSourcePositions();
}
