import type { z } from "zod";
import { canonicalPath, configPath } from "../../../components/support/messages/config-command.ts";
import { isRecord } from "../../../components/support/is-record.ts";
import type { Issue } from "../../../components/support/messages/errors.ts";
import { facts as schema, type Facts } from "../schema/index.ts";
import { childOf, valueAt } from "../../../components/support/value-at.ts";
import { issuesOfZod } from "../schema/zod-issues.ts";

/** What can be gone on with of facts that may be wrong in part, so that people learn of everything at once. */
export interface SoundFacts {
  /** The facts without what is wrong. Nothing where too little is left to say more. */
  readonly facts?: Facts;
  /** What is wrong with their shape. */
  readonly issues: readonly Issue[];
  /** Whether nothing was left out: checks that look at everything together say nothing true otherwise. */
  readonly isWhole: boolean;
  /** Whether an issue is but a consequence of what was left out. */
  readonly isConsequence: (issue: Pick<Issue, "path">) => boolean;
}

/** Facts with entries of their own, which can be left out alone. */
const entries = ["stores", "clusters", "namespaces"] as const;
type Entries = (typeof entries)[number];

/** Stands for a required fact that is missing or wrong. */
const standIns: Readonly<Record<string, unknown>> = {
  platform: "platform",
  created: "1970-01-01",
  stores: {},
  clusters: {},
  namespaces: {},
};

/** Sorts the sound part of what was read from the rest. Pure. */
export function soundFacts(read: unknown): SoundFacts {
  const unusable = namesOfPrototypes(read, []);
  const input = unusable.length === 0 ? read : withoutPrototypeNames(read);
  const parsed = schema.safeParse(input);
  if (parsed.success && unusable.length === 0) {
    return { facts: parsed.data, issues: [], isWhole: true, isConsequence: () => false };
  }
  const issues = [...unusable, ...(parsed.success ? [] : issuesOfZod(parsed.error, input, schema))];
  const left = new LeftOut(input);
  // First the wrong values alone: rules about several facts of an entry are looked at once each of these is sound.
  if (!parsed.success) {
    const others = schema.safeParse(withoutValues(input, parsed.error.issues));
    if (!others.success) issues.push(...newOnes(issuesOfZod(others.error, input, schema), issues));
  }
  let rest: typeof parsed = parsed;
  // Then what holds them: nothing can be told of the rest of an entry.
  for (let round = 0; round < 5 && !rest.success; round += 1) {
    for (const issue of rest.error.issues) {
      if (issue.code === "unrecognized_keys") left.leaveOutKeys(issue.path, issue.keys);
      else left.leaveOut(issue.path);
    }
    rest = schema.safeParse(left.rest);
    if (!rest.success) issues.push(...newOnes(issuesOfZod(rest.error, left.rest, schema), issues));
  }
  const wholly = rest.success && !left.isLeftOut("applications");
  if (wholly) left.leaveOutDependents();
  const again = wholly ? schema.safeParse(left.rest) : undefined;
  return {
    ...(again?.success === true ? { facts: again.data } : {}),
    issues,
    isWhole: false,
    isConsequence: ({ path }) => left.covers(canonicalPath(path)),
  };
}

function newOnes(issues: readonly Issue[], known: readonly Issue[]): readonly Issue[] {
  const paths = new Set(known.map(({ path }) => path));
  // What is missing now was taken away here, or is told of by the key that was meant for it.
  return issues.filter(({ path, problem }) => !paths.has(path) && !problem.startsWith("is missing"));
}

class LeftOut {
  readonly rest: Record<string, unknown>;
  /** Paths of what was left out, in the style of messages. */
  private readonly paths = new Set<string>();
  private readonly names = { stores: new Set<string>(), clusters: new Set<string>(), namespaces: new Set<string>() };

  constructor(input: unknown) {
    this.rest = isRecord(input) ? structuredClone(input) : {};
  }

  /** Keys that nobody reads: without them nothing changes. */
  leaveOutKeys(path: readonly PropertyKey[], keys: readonly string[]): void {
    const parent = parentAt(this.rest, path);
    for (const key of keys) if (parent !== undefined) delete parent[key];
  }

  leaveOut(path: readonly PropertyKey[]): void {
    const [top, name] = path.map(String);
    if (top === undefined) return;
    const value = childOf(this.rest, top);
    if (name !== undefined && isRecord(value)) {
      delete value[name];
      this.paths.add(canonicalPath(configPath([top, name])));
      if (isEntries(top)) this.names[top].add(name);
      return;
    }
    this.paths.add(top);
    if (Object.hasOwn(standIns, top)) this.rest[top] = structuredClone(standIns[top]);
    else delete this.rest[top];
  }

  isLeftOut(top: string): boolean {
    return this.paths.has(top);
  }

  /** Namespaces that name a store or a cluster which was left out can't be judged. */
  leaveOutDependents(): void {
    const gone = (kind: Entries, name: unknown) =>
      typeof name === "string" && (this.paths.has(kind) || this.names[kind].has(name));
    const namespaces = this.rest["namespaces"] as Readonly<Record<string, unknown>>;
    const clustersLeft = this.rest["clusters"] as Readonly<Record<string, unknown>>;
    for (const [name, facts] of Object.entries(namespaces)) {
      const places = childOf(facts, "clusters");
      const clusters = [childOf(facts, "cluster"), ...(isRecord(places) ? Object.keys(places) : [])];
      const named = [childOf(facts, "store"), ...((childOf(facts, "alsoStores") ?? []) as readonly unknown[])];
      const ofPlaces = isRecord(places) ? Object.values(places).map((place) => childOf(place, "store")) : [];
      const ofClusters = clusters.map((cluster) =>
        typeof cluster === "string" ? childOf(childOf(this.rest["clusters"], cluster), "store") : undefined,
      );
      const stores = [...named, ...ofPlaces, ...ofClusters];
      if (!clusters.some((each) => gone("clusters", each)) && !stores.some((each) => gone("stores", each))) continue;
      this.leaveOut(["namespaces", name]);
    }
    for (const cluster of Object.values(clustersLeft)) {
      if (isRecord(cluster) && gone("stores", cluster["store"])) delete cluster["store"];
    }
  }

  covers(path: string): boolean {
    if (this.paths.has("via") && path.startsWith("namespaces")) return true;
    const below = (parent: string) => path === parent || path.startsWith(`${parent}.`) || path.startsWith(`${parent}[`);
    if ([...this.paths].some(below)) return true;
    // A fact that a store has for each cluster.
    if (!path.startsWith("stores.")) return false;
    if (this.paths.has("clusters")) return true;
    // Which clusters there are is known by those that were not left out.
    return this.names.clusters.size > 0 && /\.(?:methods|mountPaths|types|identity\w+|oidcProviders)[.[]/.test(path);
  }
}

/** A copy without the values that a schema refused: lists whole, since entries behind a missing one move up. */
function withoutValues(input: unknown, issues: readonly z.core.$ZodIssue[]): unknown {
  const copy: unknown = structuredClone(input);
  for (const issue of issues) {
    const paths = issue.code === "unrecognized_keys" ? issue.keys.map((key) => [...issue.path, key]) : [issue.path];
    for (const path of paths) {
      const end = path.findIndex((key) => typeof key === "number");
      const own = end < 0 ? path : path.slice(0, end);
      const parent = parentAt(copy, own.slice(0, -1));
      const key = own.at(-1);
      if (parent !== undefined && key !== undefined) delete parent[String(key)];
    }
  }
  return copy;
}

function isEntries(top: string): top is Entries {
  return (entries as readonly string[]).includes(top);
}

function parentAt(root: unknown, path: readonly PropertyKey[]): Record<string, unknown> | undefined {
  const found = valueAt(root, path);
  return isRecord(found) ? found : undefined;
}

/** The validator skips this key in silence, since an object of JavaScript takes it for something else. */
const prototypeName = "__proto__";

function namesOfPrototypes(value: unknown, path: readonly PropertyKey[]): readonly Issue[] {
  if (Array.isArray(value)) return value.flatMap((each, index) => namesOfPrototypes(each, [...path, index]));
  if (!isRecord(value)) return [];
  return Object.entries(value).flatMap(([key, each]) => {
    const below = namesOfPrototypes(each, [...path, key]);
    if (key !== prototypeName) return below;
    return [
      { path: configPath([...path, key]), problem: "is a name that nothing can have here", fix: "choose another one" },
      ...below,
    ];
  });
}

function withoutPrototypeNames(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutPrototypeNames);
  if (!isRecord(value)) return value;
  const entriesLeft = Object.entries(value).filter(([key]) => key !== prototypeName);
  return Object.fromEntries(entriesLeft.map(([key, each]) => [key, withoutPrototypeNames(each)]));
}
