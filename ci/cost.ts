import { objectOf } from "./json.ts";

/** Cost of a month in cents, on the base branch and with the change; a side that is not known is left out. */
export interface CostChange {
  readonly before?: number;
  readonly after?: number;
}

/**
 * Reads `{ "before": …, "after": … }`, each what `npm run preview -- <environment> --json` printed, or its `plan.cost` alone.
 * Takes the total and nothing else. Undefined when neither side has one: an estimate is no reason to fail a comment.
 */
export function readCost(text: string): CostChange | undefined {
  const document = parse(text);
  const before = totalOf(document["before"]);
  const after = totalOf(document["after"]);
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

function parse(text: string): Readonly<Record<string, unknown>> {
  try {
    return objectOf(JSON.parse(text));
  } catch {
    return {};
  }
}

/** `stacks/plan/cost.ts` writes amounts as text with two decimals, so that none is a rounded binary fraction. */
function totalOf(side: unknown): number | undefined {
  const preview = objectOf(side);
  const { total } = preview["plan"] === undefined ? preview : objectOf(objectOf(preview["plan"])["cost"]);
  return typeof total === "string" && /^\d{1,9}\.\d{2}$/.test(total) ? Number(total.replace(".", "")) : undefined;
}

function dollars(cents: number): string {
  return `$${(cents / 100).toFixed(2)}`;
}
