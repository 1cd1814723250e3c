import type { Accounts } from "../../../preview/answers/contract.ts";

/** The account and region of AWS that the mocks answer for. */
export const account = { partition: "aws", region: "eu-central-1", accountId: "111122223333" } as const;
/** The tenant and subscription of Azure that the mocks answer for. */
export const tenant = {
  subscriptionId: "11111111-1111-4111-8111-111111111111",
  tenantId: "22222222-2222-4222-8222-222222222222",
} as const;
/** Number of every project of Google Cloud. */
export const projectNumber = "123456789012";

/** Everything that answers name. */
export const accounts: Accounts = { ...account, ...tenant, vaultSuffix: "vault.azure.net", projectNumber };
