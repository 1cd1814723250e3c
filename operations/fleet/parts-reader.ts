import type { Environment } from "../../stacks/config/environment.ts";
import { stackOfPart } from "../../stacks/config/part.ts";
import type { Answer } from "../doctor/cluster-reader.ts";
import type { EngineState, ReadEngine } from "../doctor/engine-reader.ts";

/** Stacks that an environment, or the share of one, is made of. Pure. */
export function stacksIn({ name, parts, part }: Environment): readonly string[] {
  if (part !== undefined) return [stackOfPart(part.name, name)];
  return parts.assigned.size === 0 ? [] : [...parts.assigned.keys()].map((each) => stackOfPart(each, name));
}

/** The stacks that have some secrets: those of their parts, or the one of the whole environment. Pure. */
export function stacksOf(environment: Environment, ids: readonly string[], stack: string): readonly string[] {
  const { name, parts, part } = environment;
  if (part !== undefined || parts.assigned.size === 0) return [stack];
  const applications = new Set(ids.map((id) => id.split("/")[0]));
  return [...parts.assigned].flatMap(([each, all]) =>
    all.some((app) => applications.has(app)) ? [stackOfPart(each, name)] : [],
  );
}

/** The stack that has secrets of one part: an application, or all that are delivered to a namespace. Pure. */
export function stackWith(environment: Environment, ids: readonly string[], stack: string): string {
  return stacksOf(environment, ids, stack)[0] ?? stack;
}

/**
 * Reads the states of all parts of an environment as if they were one: what is kept in any of them is kept. One that can't
 * be read is said, since what it has would look missing. Any other stack is read as it is.
 */
export function partsReader(environment: Environment, read: ReadEngine): ReadEngine {
  return async (stack) => {
    const stacks = stacksIn(environment);
    if (stack !== environment.name || stacks.length < 2) return read(stack);
    const answers = await Promise.all(stacks.map(async (each) => ({ stack: each, answer: await read(each) })));
    const states: EngineState[] = [];
    for (const { stack: part, answer } of answers) {
      if ("refused" in answer) return { refused: `${part}: ${answer.refused}` };
      states.push(answer.value);
    }
    return { value: merged(states) } satisfies Answer<EngineState>;
  };
}

/** Of the newest runs the first that failed, else the last one. */
function merged(states: readonly EngineState[]): EngineState {
  const runs = states.flatMap(({ last }) => last ?? []);
  const last =
    runs.find(({ result }) => result !== "succeeded") ??
    runs.toSorted((one, other) => (one.startedAt < other.startedAt ? 1 : -1))[0];
  return {
    names: new Set(states.flatMap(({ names }) => [...names])),
    kept: new Set(states.flatMap(({ kept }) => [...kept])),
    pending: states.flatMap(({ pending }) => pending),
    ...(last === undefined ? {} : { last }),
  };
}
