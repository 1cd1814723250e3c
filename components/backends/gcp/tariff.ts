import type { Tariff } from "../tariff.ts";

export const secretManagerTariff: Tariff = {
  // Access requests: 90,000 a minute and project.
  readsPerSecond: 1_500,
  // Write requests: 600 a minute and project. A secret and its first version are two.
  writesPerSecond: 10,
  writesPerObject: 2,
  // A version that is enabled or disabled is billed in each of its locations; automatic replication is one location.
  billed: "version",
  storage: { standard: "0.06", advanced: "0.06" },
  reads: { standard: "0.03", advanced: "0.03" },
  keyUse: { price: "0", charged: "never" },
  sources: ["https://cloud.google.com/secret-manager/quotas", "https://cloud.google.com/secret-manager/pricing"],
};
