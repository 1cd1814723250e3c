import type { Policy } from "./policy.ts";

/** Where people try things: everything may go, names are free again at once, and one replica is enough. */
export const dev: Policy = {
  stage: "development",
  retain: false,
  minimumBits: 128,
  refreshFloorSeconds: 300,
  highAvailability: false,
  operatorReplicas: 1,
  maximumResources: 1000,
  allowOldOperator: false,
  allowEmbeddedSecrets: true,
  allowOpenClusterStores: true,
  allowStaticCredentials: true,
  // Not one day: whoever destroys dev wants to make it again in the next minute.
  recoveryDays: 0,
  purgeProtection: false,
  requireCustomerKeys: false,
  requireAuditLogs: false,
};
