import { asObject, parsed } from "./json.ts";

/** Monthly cost in cents, on the base branch and with the change; an unknown side is left out. */
export interface CostChange {
  readonly before?: number;
  readonly after?: number;
}

/**
 * Reads `{ "before": …, "after": … }`, each the output of `npm run preview -- <environment> --json` or its `plan.cost`
 * alone. Takes only the total. Undefined where neither side has one: a missing estimate must not fail the comment.
 */
export function readCost(text: string): CostChange | undefined {
  const document = asObject(parsed(text));
  const before = parseTotal(document["before"]);
  const after = parseTotal(document["after"]);
  if (before === undefined && after === undefined) return undefined;
  return { ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) };
}

/** `$3.20 → $3.60 (+$0.40)`, `$3.60`, `unchanged, $3.60`. */
export function costText({ before, after }: CostChange): string {
  if (before === undefined) return after === undefined ? "unknown" : dollars(after);
  if (after === undefined) return `${dollars(before)} → unknown`;
  if (before === after) return `unchanged, ${dollars(after)}`;
  return `${dollars(before)} → ${dollars(after)} (${after > before ? "+" : "−"}${dollars(Math.abs(after - before))})`;
}

/** `stacks/plan/cost.ts` writes amounts as strings with two decimals, to avoid rounded binary fractions. */
function parseTotal(side: unknown): number | undefined {
  const preview = asObject(side);
  const { total } = preview["plan"] === undefined ? preview : asObject(asObject(preview["plan"])["cost"]);
  return typeof total === "string" && /^\d{1,9}\.\d{2}$/.test(total) ? Number(total.replace(".", "")) : undefined;
}

function dollars(cents: number): string {
  return `$${(cents / 100).toFixed(2)}`;
}
