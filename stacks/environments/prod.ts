import type { Policy } from "./policy.ts";

/** Production: nothing that an application uses is ever deleted by this program, and everything deleted can come back. */
export const prod: Policy = {
  stage: "production",
  retain: true,
  minimumBits: 128,
  refreshFloorSeconds: 900,
  highAvailability: true,
  operatorReplicas: 3,
  maximumResources: 1000,
  allowOldOperator: false,
  allowEmbeddedSecrets: false,
  allowOpenClusterStores: false,
  allowStaticCredentials: false,
  recoveryDays: 30,
  purgeProtection: true,
  requireCustomerKeys: true,
  requireAuditLogs: true,
};
