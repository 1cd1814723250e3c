import { basePart } from "../../stacks/config/schema/parts.ts";

/** Applications that one stack must have together. */
export interface Group {
  readonly applications: readonly string[];
  /** About so many resources. */
  readonly resources: number;
}

export interface AssignArgs {
  readonly groups: readonly Group[];
  /** By part, as facts have it. */
  readonly assigned: ReadonlyMap<string, readonly string[]>;
  /** Applications that the stack of the whole environment holds already: they stay there, in the base. */
  readonly deployed: ReadonlySet<string>;
  /** Resources at which a part is full. */
  readonly full: number;
}

export interface Assignment {
  readonly assigned: ReadonlyMap<string, readonly string[]>;
  /** What is new, by application. */
  readonly added: ReadonlyMap<string, string>;
  readonly removed: readonly string[];
}

/**
 * Gives each application that has no part the least filled one, or a new one where all are full. Whatever has a part keeps
 * it, so an application never moves by itself, and what is removed leaves a hole that later ones fill. The base gets no
 * application but those that its stack holds already. Pure.
 */
export function assign({ groups, assigned, deployed, full }: AssignArgs): Assignment {
  const known = new Set(groups.flatMap(({ applications }) => applications));
  const parts = new Map([...assigned].map(([part, all]) => [part, all.filter((app) => known.has(app))] as const));
  if (!parts.has(basePart)) parts.set(basePart, []);
  const placeOf = new Map([...parts].flatMap(([part, all]) => all.map((app) => [app, part] as const)));
  const filled = new Map([...parts.keys()].map((part) => [part, 0]));
  const added = new Map<string, string>();
  const fill = (part: string, { resources }: Group) => filled.set(part, (filled.get(part) ?? 0) + resources);
  const give = (part: string, group: Group) => {
    fill(part, group);
    const fresh = group.applications.filter((app) => !placeOf.has(app));
    for (const app of fresh) added.set(app, part);
    parts.set(part, [...(parts.get(part) ?? []), ...fresh]);
  };
  const homeless: Group[] = [];
  for (const group of groups) {
    // Some may be new that share a namespace with others.
    const home = group.applications.map((app) => placeOf.get(app)).find((part) => part !== undefined);
    const stays = assigned.size === 0 && group.applications.some((app) => deployed.has(app));
    if (home !== undefined) give(home, group);
    else if (stays) give(basePart, group);
    else homeless.push(group);
  }
  for (const group of homeless) {
    const [least] = [...filled]
      .filter(([part, resources]) => part !== basePart && resources + group.resources <= full)
      .sort(([one, a], [other, b]) => a - b || numberOf(one) - numberOf(other));
    give(least?.[0] ?? successor([...parts.keys()]), group);
  }
  return {
    assigned: parts,
    added,
    removed: [...assigned.values()].flat().filter((app) => !known.has(app)),
  };
}

/** The next part: `p1`, `p2`, … after the highest there is, whatever others are called. */
export function successor(parts: readonly string[]): string {
  return `p${Math.max(0, ...parts.map(numberOf)) + 1}`;
}

function numberOf(part: string): number {
  return Number(/^p(\d{1,9})$/.exec(part)?.[1] ?? 0);
}
