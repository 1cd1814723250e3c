import { envelopeOf, groupId, picked, propertiesOf, segmentOf, text } from "./parts.ts";
import type { AzureResource } from "../resource.ts";

const TRUE = true as const;

/** azure-native:keyvault:Vault. Its deletion is a soft one; the name stays taken until the vault is purged. */
export const vault: AzureResource = {
  apiVersion: "2024-11-01",
  shape: {
    resourceGroupName: TRUE,
    vaultName: TRUE,
    location: TRUE,
    tags: TRUE,
    properties: {
      accessPolicies: TRUE,
      createMode: TRUE,
      enablePurgeProtection: TRUE,
      enableRbacAuthorization: TRUE,
      enableSoftDelete: TRUE,
      enabledForDeployment: TRUE,
      enabledForDiskEncryption: TRUE,
      enabledForTemplateDeployment: TRUE,
      networkAcls: { bypass: TRUE, defaultAction: TRUE, ipRules: TRUE, virtualNetworkRules: TRUE },
      publicNetworkAccess: TRUE,
      sku: { family: TRUE, name: TRUE },
      softDeleteRetentionInDays: TRUE,
      tenantId: TRUE,
    },
  },
  required: ["resourceGroupName", "properties", "location"],
  forceNew: ["resourceGroupName", "vaultName", "location"],
  autoname: { field: "vaultName", kind: "random" },
  computed: ["name", "type", "properties.vaultUri", "properties.provisioningState"],
  idOf: (inputs, subscriptionId) =>
    groupId(subscriptionId, inputs["resourceGroupName"], `Microsoft.KeyVault/vaults/${text(inputs["vaultName"])}`),
  pathInputs: (id) => ({ resourceGroupName: segmentOf(id, "resourceGroups"), vaultName: segmentOf(id, "vaults") }),
  bodyOf: (inputs) => picked(inputs, ["location", "tags", "properties"]),
  outputsOf: (answer) => ({ ...envelopeOf(answer), properties: propertiesOf(answer) }),
};
