import type { Issue } from "../../../components/support/messages/errors.ts";
import { isRandom, type Recipe } from "../../../components/values/recipe.ts";
import { secretNames } from "../../../stacks/config/secret-names.ts";
import { factKeys } from "../../../stacks/config/schema/index.ts";
import { issueAt, type Left } from "../model.ts";
import { catalogueText, newEntry, type NewEntry } from "./entries.ts";
import { namespaceFacts, referenceFacts, type PlanArgs } from "./facts.ts";
import type { KeyOrigin, MigrationPlan, OldValue, PlannedKey, PlannedSecret } from "./model.ts";
import { matchStores } from "./stores.ts";
import { targetsOf, type FoundAt, type Target } from "./targets.ts";

/**
 * What a migration does, from what its sources hold: which Secret each key belongs to, where its value comes from
 * afterwards, the entries that the catalogue lacks and the facts that the environment lacks. Pure.
 */
export function planMigration(args: PlanArgs): MigrationPlan {
  const { environment, reading, catalogue, facts } = args;
  const { targets, issues } = targetsOf({
    secrets: reading.secrets,
    catalogue,
    to: args.to,
    namespace: args.namespace,
  });
  const stores = matchStores(reading.stores, facts.stores);
  const taken = {
    ids: new Set(
      Object.entries(catalogue).flatMap(([app, { secrets }]) => Object.keys(secrets).map((s) => `${app}/${s}`)),
    ),
    configs: new Set<string>([...secretNames(catalogue), ...factKeys]),
  };
  const planned = targets.map((target) =>
    target.declared === undefined
      ? undeclared(target, newEntry(target, taken))
      : declared(target, target.declared.keys),
  );
  const entries = planned.flatMap(({ entry }) => (entry === undefined ? [] : [entry]));
  const remote = referenceFacts(entries, stores.names, reading, facts);
  const spaces = namespaceFacts(
    planned.map(({ secret }) => secret),
    remote.storeOf,
    args,
  );
  return {
    environment,
    secrets: planned.map(({ secret }) => secret),
    catalogue: catalogueText(entries),
    facts: [...stores.facts, ...spaces.facts, ...remote.facts],
    left: [...reading.left, ...planned.flatMap(({ left }) => left)],
    issues: [
      ...reading.issues,
      ...issues,
      ...stores.issues,
      ...planned.flatMap((each) => each.issues),
      ...remote.issues,
      ...spaces.issues,
    ],
  };
}

interface Planned {
  readonly secret: PlannedSecret;
  readonly entry?: NewEntry;
  readonly left: readonly Left[];
  readonly issues: readonly Issue[];
}

function base({ namespace, name, found }: Target) {
  const described = found.find(({ target }) => target !== undefined)?.target;
  return {
    namespace,
    name,
    isLive: found.some(({ source }) => source === "live-secret"),
    ...(described?.type === undefined ? {} : { type: described.type }),
    labels: described?.labels ?? {},
    sources: found.map(({ source, at }) => ({ source, at })),
    consumers: [...new Set(found.flatMap(({ consumers }) => consumers))],
    notes: [...new Set(found.flatMap(({ notes }) => notes))],
  };
}

function plannedKey(name: string, places: readonly FoundAt[], origin: KeyOrigin): PlannedKey {
  const old = places.flatMap(({ key: { value, at }, source }): readonly OldValue[] =>
    value === undefined ? [] : [{ value, source, at }],
  );
  return { name, origin, old, notes: [...new Set(places.flatMap(({ key }) => key.notes))] };
}

/** A Secret that the catalogue lacks: every key gets the value that is in use. */
function undeclared(target: Target, entry: NewEntry): Planned {
  const issues: Issue[] = [];
  const keys = entry.secrets.flatMap((secret) =>
    secret.keys.map(({ name, config, property }) => {
      const { remote } = secret;
      const places = target.keys.get(name) ?? [];
      const origin: KeyOrigin =
        remote === undefined
          ? { from: "provided", config }
          : { from: "referenced", object: remote.name, ...(property === undefined ? {} : { property }) };
      const key = plannedKey(name, places, origin);
      if (origin.from === "provided" && key.old.length === 0) issues.push(...withoutValue(target, name, places));
      return key;
    }),
  );
  return {
    secret: { ...base(target), isDeclared: false, ids: entry.secrets.map(({ app, name }) => `${app}/${name}`), keys },
    entry,
    left: [],
    issues,
  };
}

function withoutValue({ namespace, name }: Target, key: string, places: readonly FoundAt[]): readonly Issue[] {
  const [first] = places;
  if (first === undefined) return [];
  return [
    issueAt(
      first.key.at,
      `${key} of Secret ${namespace}/${name} has no value in any source`,
      `name a source that has it as well: live:${namespace}, or the .env file in use`,
    ),
  ];
}

/** A Secret that the catalogue has: each key comes from where the catalogue says. */
function declared(target: Target, recipes: NonNullable<Target["declared"]>["keys"]): Planned {
  const { namespace, name } = target;
  const issues: Issue[] = [];
  const left: Left[] = [];
  const keys: PlannedKey[] = [];
  const isLive = target.found.some(({ source }) => source === "live-secret");
  for (const [key, places] of target.keys) {
    const recipe = recipes.get(key)?.recipe;
    const [first] = places;
    if (first === undefined) continue;
    if (recipe === undefined) {
      left.push({
        at: first.key.at,
        what: `key ${key} of Secret ${namespace}/${name}`,
        reason: isLive
          ? "the catalogue does not have it: it stays in the Secret, and nobody else keeps it"
          : "the catalogue does not have it: add it there to migrate it",
      });
      continue;
    }
    const planned = plannedKey(key, places, originOf(recipe));
    keys.push(planned);
    if (planned.origin.from === "provided" && planned.old.length === 0)
      issues.push(...withoutValue(target, key, places));
    if (planned.origin.from === "adopted" && !isLive)
      issues.push(
        issueAt(
          first.key.at,
          `${key} of Secret ${namespace}/${name} is generated by the catalogue, so its value in use is kept only from the Secret in the cluster`,
          `name that as a source as well: live:${namespace}; or make the key provided("…") in the catalogue`,
        ),
      );
  }
  const ids = target.declared?.ids ?? [];
  return { secret: { ...base(target), isDeclared: true, ids, keys }, left, issues };
}

function originOf(recipe: Recipe): KeyOrigin {
  if (recipe.kind === "provided") return { from: "provided", config: recipe.config };
  return isRandom(recipe) || recipe.kind === "bcrypt" || recipe.kind === "htpasswd"
    ? { from: "adopted" }
    : { from: "catalogue" };
}
