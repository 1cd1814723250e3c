import { badRequest } from "./types.ts";
import { notInFake } from "../answers.ts";
import { AZURE_SANDBOX } from "../directory.ts";
import type { Properties } from "../state.ts";
import { objectOf } from "../vault/bodies.ts";

const KNOWN = new Set([
  "accessPolicies",
  "createMode",
  "enablePurgeProtection",
  "enableRbacAuthorization",
  "enableSoftDelete",
  "enabledForDeployment",
  "enabledForDiskEncryption",
  "enabledForTemplateDeployment",
  "networkAcls",
  "publicNetworkAccess",
  "sku",
  "softDeleteRetentionInDays",
  "tenantId",
  // Answered by Azure, and sent back by clients that read before they write.
  "hsmPoolResourceId",
  "privateEndpointConnections",
  "provisioningState",
  "vaultUri",
]);

/**
 * A vault's properties after a PUT: what was sent, Azure's defaults, and what no later PUT can undo.
 * https://learn.microsoft.com/rest/api/keyvault/keyvault/vaults/create-or-update
 */
export function vaultProperties(name: string, sent: unknown, before: Properties | undefined): Properties {
  const properties = objectOf(sent, "The property 'properties'");
  const strange = Object.keys(properties).find((key) => !KNOWN.has(key));
  if (strange !== undefined)
    throw badRequest(`Could not find member '${strange}' on object of type 'VaultProperties'.`);
  checkTenantAndSku(properties);
  if (properties["enableRbacAuthorization"] !== true) {
    throw notInFake("A vault with access policies (enableRbacAuthorization other than true)");
  }
  const { createMode: _createMode, ...kept } = properties;
  return {
    enabledForDeployment: false,
    enabledForDiskEncryption: false,
    enabledForTemplateDeployment: false,
    publicNetworkAccess: "Enabled",
    ...kept,
    ...networkAclsOf(kept["networkAcls"]),
    accessPolicies: properties["accessPolicies"] ?? [],
    enableRbacAuthorization: true,
    ...softDelete(properties, before),
    vaultUri: `https://${name.toLowerCase()}.vault.azure.net/`,
    provisioningState: "Succeeded",
  };
}

/** A single address becomes a network (terraform-provider-azurerm#2164). */
function networkAclsOf(sent: unknown): Properties {
  if (sent === undefined || sent === null) return {};
  const networkAcls = objectOf(sent, "The property 'networkAcls'");
  const { ipRules } = networkAcls;
  if (!Array.isArray(ipRules)) return { networkAcls };
  const networks = (ipRules as unknown[]).map((rule) => {
    const { value, ...others } = objectOf(rule, "A rule of 'ipRules'");
    return { ...others, value: typeof value === "string" && !value.includes("/") ? `${value}/32` : value };
  });
  return { networkAcls: { ...networkAcls, ipRules: networks } };
}

function checkTenantAndSku(properties: Properties): void {
  const { tenantId } = properties;
  if (tenantId !== AZURE_SANDBOX.tenantId) {
    throw badRequest(
      `An invalid value was provided for 'tenantId'. The tenant of the subscription is ${AZURE_SANDBOX.tenantId}.`,
    );
  }
  const { family, name } = objectOf(properties["sku"], "The property 'sku'");
  if (family !== "A" || (name !== "standard" && name !== "premium")) {
    throw badRequest("An invalid value was provided for 'sku': its family is A, its name standard or premium.");
  }
}

// https://learn.microsoft.com/azure/key-vault/general/soft-delete-overview
function softDelete(properties: Properties, before: Properties | undefined): Properties {
  if (properties["enableSoftDelete"] === false) {
    throw badRequest(
      'The property "enableSoftDelete" can not be set to false. Soft delete is enabled for every vault, and cannot be disabled.',
    );
  }
  const protection = properties["enablePurgeProtection"] ?? undefined;
  if (protection === false) {
    throw badRequest(
      'The property "enablePurgeProtection" cannot be set to false. Enabling the purge protection for a vault is an irreversible action.',
    );
  }
  const days = properties["softDeleteRetentionInDays"] ?? before?.["softDeleteRetentionInDays"] ?? 90;
  if (typeof days !== "number" || !Number.isInteger(days) || days < 7 || days > 90) {
    throw badRequest('The property "softDeleteRetentionInDays" must be from 7 to 90.');
  }
  if (before !== undefined && before["softDeleteRetentionInDays"] !== days) {
    throw badRequest(`The property "softDeleteRetentionInDays" has been set already and it can't be modified.`);
  }
  const isProtected = protection === true || before?.["enablePurgeProtection"] === true;
  return {
    enableSoftDelete: true,
    softDeleteRetentionInDays: days,
    ...(isProtected ? { enablePurgeProtection: true } : {}),
  };
}
