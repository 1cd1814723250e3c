import { configPath, setCommand, blank } from "../../../components/support/messages/config-command.ts";
import type { Issue } from "../../../components/support/messages/errors.ts";
import { issueAt, type FoundStore } from "../model.ts";
import type { PlannedFact } from "./model.ts";

/** Facts of stores by name, as the environment has them. */
export type StoreFacts = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

export interface MatchedStores {
  /** Name in the facts, by `FoundStore.id`. */
  readonly names: ReadonlyMap<string, string>;
  /** Facts of stores that the environment lacks. */
  readonly facts: readonly PlannedFact[];
  readonly issues: readonly Issue[];
}

/** Finds the stores of sources among those of the environment, and describes the others. Pure. */
export function matchStores(found: readonly FoundStore[], stores: StoreFacts): MatchedStores {
  const names = new Map<string, string>();
  const facts: PlannedFact[] = [];
  const issues: Issue[] = [];
  const described: Record<string, Readonly<Record<string, unknown>>> = { ...stores };
  for (const store of found) {
    const same = Object.entries(described).find(([, each]) => isSame(store.facts, each))?.[0];
    const name = same ?? unused(store.name, described);
    names.set(store.id, name);
    if (same !== undefined) continue;
    described[name] = store.facts;
    facts.push(...Object.entries(store.facts).map(([fact, value]) => ({ path: ["stores", name, fact], value })));
    issues.push(
      ...store.missing.map((fact) =>
        issueAt(
          store.at,
          `${store.id} does not say the fact ${configPath(["stores", name, fact])}`,
          setCommand(["stores", name, fact], blank(fact)),
        ),
      ),
    );
  }
  return { names, facts, issues };
}

/** The facts that say which store it is; the address of a Vault may be another one from inside of a cluster. */
const identifying = ["kind", "region", "accountId", "vault", "project", "mount", "namespace"] as const;

function isSame(found: Readonly<Record<string, string>>, facts: Readonly<Record<string, unknown>>): boolean {
  if (found["address"] !== undefined && ![facts["address"], facts["clusterAddress"]].includes(found["address"]))
    return false;
  return identifying.every((fact) => {
    const own = fact === "mount" ? (facts[fact] ?? "secret") : facts[fact];
    return found[fact] === undefined || own === undefined || found[fact] === own;
  });
}

function unused(name: string, taken: Readonly<Record<string, unknown>>): string {
  let wanted = name;
  for (let count = 2; Object.hasOwn(taken, wanted); count += 1) wanted = `${name}-${count}`;
  return wanted;
}
