import { free, type Tariff } from "../tariff.ts";

/** Your own servers: their cost and limits are in no price list. */
export const vaultTariff: Tariff = {
  writesPerObject: 1,
  billed: "object",
  storage: free,
  reads: free,
  keyUse: { price: "0", charged: "never" },
  sources: [],
};
