import type { Catalogue } from "../../environments/catalogue-spec.ts";
import type { Parts } from "../environment.ts";
import type { Facts } from "../schema/index.ts";
import { sourceIds } from "./catalogue-here.ts";
import { applicationsOf } from "./secrets.ts";

export interface PartsArgs {
  readonly catalogue: Catalogue;
  readonly facts: Pick<Facts, "applications" | "parts">;
}

/**
 * How applications are spread over stacks. Those that deliver to one namespace, or of which one delivers a secret of
 * another, form a group: a namespace has the identity of one stack, and a value is in the state of one stack. Pure.
 */
export function partsOf({ catalogue, facts }: PartsArgs): Parts {
  const applications = applicationsOf({ catalogue, facts });
  const leaders = new Map<string, string>();
  const leaderOf = (member: string): string => {
    let found = member;
    for (let next = leaders.get(found); next !== undefined; next = leaders.get(found)) found = next;
    return found;
  };
  const bind = (one: string, other: string) => {
    const [first, second] = [leaderOf(one), leaderOf(other)];
    if (first !== second) leaders.set(second, first);
  };
  for (const [app, { deliveries }] of applications) {
    for (const delivery of deliveries) {
      // No application has such a name.
      bind(app, `namespace ${delivery.namespace}`);
      for (const id of sourceIds(app, delivery)) bind(app, id.split("/")[0] ?? app);
    }
  }
  const groups = Map.groupBy(
    applications.map(([app]) => app),
    leaderOf,
  );
  return { groups: [...groups.values()], assigned: new Map(Object.entries(facts.parts)) };
}
