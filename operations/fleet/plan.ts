import { ExpectedError } from "../../components/support/messages/errors.ts";
import type { Parts } from "../../stacks/config/environment.ts";
import { planOf } from "../../stacks/plan/index.ts";
import { comfortableResources } from "../../stacks/plan/size.ts";
import { assign } from "./assign.ts";
import type { Fleet, FleetPlan, FleetStore } from "./model.ts";
import { fleetParts, groupsOf } from "./spread.ts";
import { placeOf, resourcesIn, type ExportedState } from "./state.ts";

/** Resources at which a part is full: a fifth less than is comfortable, for what its applications get later. */
export const fullPart = Math.round(comfortableResources * 0.8);

export interface PlanArgs extends Fleet {
  /** Resources at which a part is full. */
  readonly full: number;
  /** The state of a stack; `undefined` where there is no such stack. Asked where the environment has no parts yet. */
  readonly state: (stack: string) => Promise<ExportedState | undefined>;
}

export interface Planned {
  readonly plan: FleetPlan;
  readonly assigned: Parts["assigned"];
}

/**
 * Where each application is, and where new ones go. The first plan of an environment that is deployed leaves all that its
 * stack holds in the base. One that fits into a single stack gets no parts.
 */
export async function planFleet({ whole, stack, assigned, full, state }: PlanArgs): Promise<Planned> {
  const held = assigned.size === 0 ? await state(stack) : undefined;
  const single = fleetParts({ whole, stack }, new Map());
  const [all] = single;
  const frame = { schemaVersion: 1, environment: stack, stores: storesOf(whole), written: false } as const;
  if (assigned.size === 0 && (all?.resources ?? 0) <= full) {
    return { assigned, plan: { ...frame, parts: single, added: {}, removed: [] } };
  }
  if (stack !== whole.name) {
    throw new ExpectedError(
      `Nothing was changed: ${stack} is about ${all?.resources ?? 0} resources, a part is full at ${full}, and only the environment's own stack, ${whole.name}, has parts\n` +
        `    fix: leave it one stack, which may have ${whole.policy.maximumResources} (maximumResources); or deploy its applications in an environment of their own`,
    );
  }
  const groups = groupsOf(whole);
  const tooLarge = groups.find(({ resources }) => resources > whole.policy.maximumResources);
  if (tooLarge !== undefined) {
    throw new ExpectedError(
      `Nothing was changed: applications ${tooLarge.applications.join(", ")} belong together, since they share namespaces or secrets, and would be about ${tooLarge.resources} resources\n` +
        "    fix: give some of them namespaces of their own",
    );
  }
  const found = assign({ groups, assigned, full, deployed: new Set(held === undefined ? [] : applicationsIn(held)) });
  return {
    assigned: found.assigned,
    plan: {
      ...frame,
      parts: fleetParts({ whole, stack }, found.assigned),
      added: Object.fromEntries(found.added),
      removed: found.removed,
    },
  };
}

function storesOf(whole: Fleet["whole"]): readonly FleetStore[] {
  return planOf(whole).stores.map((each) => ({
    store: each.name,
    kind: each.kind,
    objects: each.objects,
    readsPerSecond: each.callsPerSecond,
    burstReadsPerSecond: each.burstCallsPerSecond,
    ...(each.readQuota === undefined ? {} : { readQuota: each.readQuota }),
    firstUpSeconds: each.firstUpSeconds,
  }));
}

function applicationsIn(state: ExportedState): readonly string[] {
  const beginning = "secrets:applications:ApplicationSecrets::";
  return resourcesIn(state)
    .map(({ urn }) => placeOf(urn))
    .filter((place) => place.startsWith(beginning))
    .map((place) => place.slice(beginning.length));
}

/** The same parts but for the order of their names: what differs has to be written. */
export function isSame(one: Parts["assigned"], other: Parts["assigned"]): boolean {
  const text = (parts: Parts["assigned"]) => JSON.stringify([...parts].sort(([a], [b]) => (a < b ? -1 : 1)));
  return text(one) === text(other);
}
