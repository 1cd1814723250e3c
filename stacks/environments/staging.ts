import type { Policy } from "./policy.ts";

/** The rehearsal of production: the same rules but for what would keep it from being destroyed. */
export const staging: Policy = {
  stage: "acceptance",
  retain: false,
  minimumBits: 128,
  refreshFloorSeconds: 900,
  highAvailability: false,
  operatorReplicas: 2,
  maximumResources: 1000,
  allowOldOperator: false,
  allowEmbeddedSecrets: false,
  allowOpenClusterStores: false,
  allowStaticCredentials: false,
  recoveryDays: 7,
  // Otherwise a vault of this name could not be made again for as long.
  purgeProtection: false,
  requireCustomerKeys: false,
  requireAuditLogs: true,
};
