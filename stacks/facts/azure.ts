import { z } from "zod";
import type { AzureKeyVaultSpec } from "../../components/stores/azure-key-vault.ts";
import type { Policy } from "../environment.ts";
import { layout, tags, uuid } from "./common.ts";

const subnetId = z
  .string()
  .regex(/^\/subscriptions\/.+\/virtualNetworks\/.+\/subnets\/.+$/, "must be the resource id of a subnet");
const workspaceId = z
  .string()
  .regex(
    /^\/subscriptions\/.+\/providers\/Microsoft\.OperationalInsights\/workspaces\/.+$/i,
    "must be the resource id of a Log Analytics workspace",
  );

/** Facts of a store of kind `azure-key-vault`. */
export const azureKeyVaultFacts = z.strictObject({
  kind: z.literal("azure-key-vault"),
  subscriptionId: uuid,
  tenantId: uuid,
  resourceGroup: z.string().regex(/^[-\w.()]{1,89}[-\w()]$/, "must be the name of a resource group"),
  vault: z
    .string()
    .regex(
      /^(?=.{3,24}$)(?!.*--)[a-zA-Z][a-zA-Z0-9-]*[a-zA-Z0-9]$/,
      "must be 3 to 24 letters, digits and single dashes, starting with a letter",
    ),
  vaultSuffix: z.enum(["vault.azure.net", "vault.usgovcloudapi.net", "vault.azure.cn"]).default("vault.azure.net"),
  location: z.string().regex(/^[a-z0-9]+$/, "must be a region of Azure, such as westeurope"),
  layout: layout.default("per-key"),
  create: z
    .strictObject({
      sku: z.enum(["standard", "premium"]).default("standard"),
      allowedAddresses: z.array(z.union([z.cidrv4(), z.ipv4()])).default([]),
      allowedSubnets: z.array(subnetId).default([]),
      auditWorkspaceId: workspaceId.optional(),
    })
    .optional(),
  tags,
});

export function azureKeyVaultSpec(
  name: string,
  facts: z.output<typeof azureKeyVaultFacts>,
  policy: Policy,
): AzureKeyVaultSpec {
  const { create, ...rest } = facts;
  if (create === undefined) return { ...rest, name };
  const { auditWorkspaceId, ...made } = create;
  return {
    ...rest,
    name,
    create: {
      ...made,
      // Azure takes 7 to 90 days.
      softDeleteDays: Math.min(90, Math.max(7, policy.recoveryDays)),
      purgeProtection: policy.purgeProtection,
      ...(auditWorkspaceId === undefined ? {} : { auditWorkspaceId }),
    },
  };
}
