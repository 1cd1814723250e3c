import type { Decimal } from "decimal.js";
import { z } from "zod";
import { pricesReadOn } from "../../components/backends/tariff.ts";
import type { Cost, Plan } from "./plan.ts";

const dollars = z.string().regex(/^\d+\.\d{2}$/);
/** Cost of a month, in parts. */
export const costOutput = z.strictObject({
  storage: dollars.describe("What is kept: objects or their live versions, in every location"),
  calls: dollars.describe("What the operator reads, and what decrypting it costs"),
  total: dollars.describe(
    "Rounded once, from the exact sum: it may differ by a cent from the sum of the rounded parts",
  ),
});

/** Cost of a month as outputs and previews show it. */
export const costSchema = costOutput.extend({
  currency: z.literal("USD"),
  pricesReadOn: z.iso.date().describe("Day on which the vendors' prices were read"),
  stores: z.record(z.string(), costOutput).describe("Stores by name"),
});
export type CostEstimate = z.output<typeof costSchema>;

/** What an environment costs in a month, to the cent; an estimate from list prices. Pure. */
export function costOf(plan: Pick<Plan, "cost" | "stores">): CostEstimate {
  return {
    currency: "USD",
    pricesReadOn,
    ...rounded(plan.cost),
    stores: Object.fromEntries(plan.stores.map(({ name, cost }) => [name, rounded(cost)])),
  };
}

/** One cost as it is shown. */
export function rounded({ storage, calls }: Cost): z.output<typeof costOutput> {
  return { storage: cents(storage), calls: cents(calls), total: cents(storage.plus(calls)) };
}

/** Half a cent is rounded up. */
function cents(amount: Decimal): string {
  return amount.toFixed(2);
}
