import { free, type Tariff } from "../tariff.ts";

/** Your own servers: what they cost and take is not in a price list. */
export const vaultTariff: Tariff = {
  writesPerObject: 1,
  billed: "object",
  storage: free,
  reads: free,
  keyUse: { price: "0", charged: "never" },
  sources: [],
};
