import type { Environment, Parts } from "../../stacks/config/environment.ts";
import { partOf, stackOfPart } from "../../stacks/config/part.ts";
import { basePart } from "../../stacks/config/schema/parts.ts";
import { resourceCount } from "../../stacks/plan/size.ts";
import type { Group } from "./assign.ts";
import type { Fleet, FleetPart } from "./model.ts";

/** The applications of an environment that belong together, with their size. Pure. */
export function groupsOf(whole: Environment): readonly Group[] {
  const empty = sizeOf(whole, []);
  return whole.parts.groups.map((applications) => ({
    applications,
    resources: Math.max(0, sizeOf(whole, applications) - empty),
  }));
}

/** About so many resources a part would have with these applications alone. */
function sizeOf(whole: Environment, applications: readonly string[]): number {
  const assigned: Parts["assigned"] = new Map([["only", applications]]);
  return resourceCount(partOf({ ...whole, parts: { ...whole.parts, assigned } }, "only"));
}

/** The parts of an environment with these assignments, the base first; one stack with all where there are none. Pure. */
export function fleetParts(
  { whole, stack }: Pick<Fleet, "whole" | "stack">,
  assigned: Parts["assigned"],
): readonly FleetPart[] {
  if (assigned.size === 0) {
    const applications = whole.parts.groups.flat();
    return [{ part: basePart, stack, applications, resources: resourceCount(whole) }];
  }
  const spread = { ...whole, parts: { ...whole.parts, assigned } };
  const names = [basePart, ...[...assigned.keys()].filter((part) => part !== basePart)];
  return names.map((part) => ({
    part,
    stack: stackOfPart(part, whole.name),
    applications: assigned.get(part) ?? [],
    resources: resourceCount(partOf(spread, part)),
  }));
}
