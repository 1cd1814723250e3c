import { setTimeout } from "node:timers/promises";
import { cluster, decode, isNotFound } from "../support/cluster.ts";

/** What a reader saw that it should not have seen, by name, and how often it read. */
export interface Seen {
  readonly reads: number;
  readonly gaps: readonly string[];
}

/** Reads Secrets every 10 ms as a Pod that starts would, until it is stopped. No value is in what it reports. */
export async function readAllTheTime(
  namespace: string,
  expected: Readonly<Record<string, Readonly<Record<string, string>>>>,
): Promise<{ readonly stop: () => Promise<Seen> }> {
  const { core } = await cluster();
  const gaps = new Set<string>();
  let reads = 0;
  let stopped = false;
  const readOne = async (name: string, values: Readonly<Record<string, string>>) => {
    try {
      const read = decode(await core.readNamespacedSecret({ namespace, name }));
      for (const [key, value] of Object.entries(values)) {
        if (read[key] !== value) gaps.add(`${name} ${key}: ${read[key] === undefined ? "missing" : "another value"}`);
      }
      reads += 1;
    } catch (error) {
      if (!isNotFound(error)) throw error;
      gaps.add(`${name}: missing`);
    }
  };
  const loops = Object.entries(expected).map(async ([name, values]) => {
    while (!stopped) {
      await readOne(name, values);
      await setTimeout(10);
    }
  });
  return {
    stop: async () => {
      stopped = true;
      await Promise.all(loops);
      return { reads, gaps: [...gaps] };
    },
  };
}
