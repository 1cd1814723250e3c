import { z } from "zod";
import { tagName, uuid } from "../../support/facts.ts";
import type { StoreChoices } from "../backend.ts";
import { layout, valuesInState } from "../facts.ts";
import { caseTwins, twinProblem } from "../tag-names.ts";
import { azureClouds, ownAzureTags, type AzureKeyVaultSpec, type VaultSuffix } from "./key-vault.ts";

const subnetId = z
  .string()
  .regex(
    /^\/subscriptions\/[^\s*?]+\/virtualNetworks\/[^\s/*?]+\/subnets\/[^\s/*?]+$/,
    "must be the resource id of a subnet",
  );
const workspaceId = z
  .string()
  .regex(
    /^\/subscriptions\/[^\s*?]+\/providers\/Microsoft\.OperationalInsights\/workspaces\/[^\s/*?]+$/i,
    "must be the resource id of a Log Analytics workspace",
  );

const resourceGroup = z
  .string()
  .regex(/^(?=.{1,90}$)[-\w.()]*[-\w()]$/, "must be the name of a resource group: up to 90 letters, digits or -_.()");
/**
 * What all that gets them here takes, the strictest for each rule. Secrets get three of their own beside them (whose they
 * are), and take fifteen of 256 characters: https://learn.microsoft.com/azure/key-vault/secrets/about-secrets#secret-tags.
 * Vaults and identities take more and longer ones, but no name that another has in another case, and none with a prefix
 * of Azure's: https://learn.microsoft.com/azure/azure-resource-manager/management/tag-resources#limitations
 */
const tags = z
  .record(
    tagName.regex(/^[^<>%&\\?/]{0,256}$/, "must be up to 256 characters, none of <>%&\\?/"),
    z.string().max(256, "must be up to 256 characters"),
  )
  .refine((each) => Object.keys(each).length <= 12, {
    error: "must be at most 12: secrets take fifteen, and get three of their own",
  })
  .superRefine((given, context) => {
    const refuse = (name: string, message: string) => context.addIssue({ code: "custom", path: [name], message });
    for (const name of Object.keys(given).filter((each) => /^(?:microsoft|azure|windows)/i.test(each))) {
      refuse(name, "must not begin with microsoft, azure or windows, which Azure keeps for itself");
    }
    for (const twin of caseTwins(Object.keys(given), ownAzureTags)) refuse(twin.name, twinProblem(twin, "Azure"));
  })
  .default({});
const suffixes = Object.keys(azureClouds) as [VaultSuffix, ...VaultSuffix[]];

/** Facts of a store of kind `azure-key-vault`. */
export const azureKeyVaultFacts = z.strictObject({
  kind: z.literal("azure-key-vault"),
  subscriptionId: uuid,
  tenantId: uuid,
  resourceGroup,
  identityResourceGroup: resourceGroup.optional(),
  vault: z
    .string()
    .regex(
      /^(?=.{3,24}$)(?!.*--)[a-zA-Z][a-zA-Z0-9-]*[a-zA-Z0-9]$/,
      'must be 3 to 24 letters, digits or single "-", beginning with a letter',
    ),
  vaultSuffix: z.enum(suffixes, { error: `must be one of ${suffixes.join(", ")}` }).default("vault.azure.net"),
  location: z
    .string()
    .regex(
      /^[a-z][a-z0-9]{3,39}$/,
      "must be the name of a region of Azure in lowercase letters and digits, without spaces, such as westeurope (az account list-locations --query '[].name')",
    ),
  layout: layout.default("per-key"),
  grantDeployer: z.boolean().default(true),
  create: z
    .strictObject({
      sku: z.enum(["standard", "premium"]).default("standard"),
      publicNetworkAccess: z.boolean().default(true),
      allowedAddresses: z.array(z.union([z.cidrv4(), z.ipv4()])).default([]),
      allowedSubnets: z.array(subnetId).default([]),
      auditWorkspaceId: workspaceId.optional(),
    })
    .optional(),
  tags,
  values: valuesInState("Pulumi's provider for Azure has no write-only fields"),
});

export function azureKeyVaultSpec(
  name: string,
  facts: z.output<typeof azureKeyVaultFacts>,
  choices: StoreChoices,
): AzureKeyVaultSpec {
  const { create, identityResourceGroup, values: _, ...rest } = facts;
  const common = { ...rest, name, identityResourceGroup: identityResourceGroup ?? facts.resourceGroup };
  if (create === undefined) return common;
  const { auditWorkspaceId, ...made } = create;
  return {
    ...common,
    create: {
      ...made,
      // Azure takes 7 to 90 days.
      softDeleteDays: Math.min(90, Math.max(7, choices.recoveryDays)),
      purgeProtection: choices.purgeProtection,
      retain: choices.retain,
      ...(auditWorkspaceId === undefined ? {} : { auditWorkspaceId }),
    },
  };
}
