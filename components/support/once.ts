import { runtime } from "@pulumi/pulumi";

/** What was made in each run, by key. A run is known by its connection to the engine, and forgotten with it. */
const runs = new WeakMap<object, Map<string, unknown>>();

/**
 * Makes something once in a run of the program, whoever asks for it first: a thing that several stores or namespaces
 * share and that exists once, such as a cluster's identity provider in an account. Programs that run one after another
 * in one process (Automation API) share nothing.
 */
export function oncePerRun<T>(key: string, make: () => T): T {
  const run = runtime.getMonitor();
  if (run === undefined) throw new Error(`${key} can be created only in a Pulumi program`);
  const made = runs.get(run) ?? new Map<string, unknown>();
  runs.set(run, made);
  if (!made.has(key)) made.set(key, make());
  return made.get(key) as T;
}

/** Runs a query once, at its first use. */
export function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}
