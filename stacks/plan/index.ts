import type { Issue } from "../../components/support/messages/errors.ts";
import { planIssues } from "./check.ts";
import { planInputOf, type PlannedEnvironment } from "./input.ts";
import { makePlan, type Plan } from "./plan.ts";

export { costOf, costOutput, costSchema, rounded, type CostEstimate } from "./cost.ts";
export type { ClusterPlan, Cost, Plan, StorePlan } from "./plan.ts";

/** Cost, calls, quota shares and duration of an environment. Pure. */
export function planOf(spec: PlannedEnvironment): Plan {
  return makePlan(planInputOf(spec));
}

/** What would be throttled about an environment: stores asked too often, an operator with too much to do. Pure. */
export function checkPlan(spec: PlannedEnvironment): readonly Issue[] {
  return planIssues(planInputOf(spec));
}
