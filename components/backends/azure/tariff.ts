import { free, type Tariff } from "../tariff.ts";

export const keyVaultTariff: Tariff = {
  // 4,000 in 10 seconds per vault and region; five times that for a subscription.
  readsPerSecond: 400,
  // "Secret create": 300 in 10 seconds.
  writesPerSecond: 30,
  writesPerObject: 1,
  billed: "object",
  storage: free,
  reads: { standard: "0.03", advanced: "0.03" },
  keyUse: { price: "0", charged: "never" },
  sources: [
    "https://learn.microsoft.com/en-us/azure/key-vault/general/service-limits",
    "https://azure.microsoft.com/en-us/pricing/details/key-vault/",
  ],
};
