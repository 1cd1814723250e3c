import type { Policy } from "./policy.ts";

/** The local platform: everything may go with `destroy`, and the operator is the newest that builds from source. */
export const sandbox: Policy = {
  stage: "by-hand",
  retain: false,
  minimumBits: 100,
  refreshFloorSeconds: 60,
  highAvailability: true,
  operatorReplicas: 1,
  maximumResources: 1000,
  allowOldOperator: true,
  allowEmbeddedSecrets: true,
  allowOpenClusterStores: false,
  allowStaticCredentials: true,
  recoveryDays: 7,
  purgeProtection: false,
  requireCustomerKeys: false,
  requireAuditLogs: false,
};
