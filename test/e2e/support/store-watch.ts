import { setTimeout as sleep } from "node:timers/promises";

/** Milliseconds between two looks. */
const pollMs = 100;

type Look = () => Promise<readonly string[]> | readonly string[];

/** When each of these first showed another version than before, while `body` ran. */
export async function changeTimes(
  looks: Readonly<Record<string, Look>>,
  body: () => Promise<void>,
): Promise<ReadonlyMap<string, number>> {
  const stop = new AbortController();
  const changed = new Map<string, number>();
  const initial = new Map(
    await Promise.all(Object.entries(looks).map(async ([name, look]) => [name, key(await look())] as const)),
  );
  const watching = Object.entries(looks).map(async ([name, look]) => {
    while (!stop.signal.aborted && !changed.has(name)) {
      // A failed look, such as one that is throttled, is no change.
      const versions = await Promise.resolve(look()).catch(() => undefined);
      if (versions !== undefined && key(versions) !== initial.get(name)) changed.set(name, performance.now());
      await sleep(pollMs);
    }
  });
  try {
    await body();
  } finally {
    await sleep(300); // the last event of a Secret may still be on its way
    stop.abort();
    await Promise.all(watching);
  }
  return changed;
}

function key(versions: readonly string[]): string {
  return [...versions].sort().join(" ");
}
