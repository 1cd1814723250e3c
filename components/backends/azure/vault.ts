import { all, output, type CustomResourceOptions, type Output, type Resource } from "@pulumi/pulumi";
import { getClientConfigOutput } from "@pulumi/azure-native/authorization/getClientConfig.js";
import { getClientTokenOutput } from "@pulumi/azure-native/authorization/getClientToken.js";
import { RoleAssignment } from "@pulumi/azure-native/authorization/roleAssignment.js";
import { Vault } from "@pulumi/azure-native/keyvault/vault.js";
import { DiagnosticSetting } from "@pulumi/azure-native/monitor/diagnosticSetting.js";
import { roleAssignmentName } from "../../support/naming.ts";
import { existingHook } from "./existing.ts";
import { principalTypeOf, type KeyVaultApi } from "./key-vault-client.ts";
import { vaultId, type AzureKeyVaultSpec, type AzureVaultCreation } from "./key-vault.ts";
import { settleHook } from "./recovered-vault.ts";
import { azureRoles, roleDefinitionId } from "./roles.ts";

/** What must be there before a secret is written, and must outlive it. */
export interface PreparedVault {
  readonly resources: readonly Resource[];
  /** Known once the deployer may ask the data plane. */
  readonly ready: Output<unknown>;
}

/**
 * Makes the vault, if it is ours to make, and gives the deployer the right to its secrets. Secrets are written by the
 * management plane and deleted by the data plane (pulumi-azure-native#2374): so they depend on the right, which is then
 * granted before the first of them and taken back after the last.
 */
export function prepareVault(spec: AzureKeyVaultSpec, api: VaultApi, options: CustomResourceOptions): PreparedVault {
  const explained = { ...options, hooks: { onError: [existingHook(spec.name, spec.name)] } };
  const vault = spec.create === undefined ? [] : [makeVault(spec, spec.create, api, explained)];
  const audit = vault.flatMap((made) => auditLog(spec, made, explained));
  const grants = spec.grantDeployer ? [deployerGrant(spec, { ...explained, dependsOn: vault })] : [];
  const resources: readonly Resource[] = [...vault, ...audit, ...grants];
  return { resources, ready: all([...vault, ...grants].map(({ id }) => id)) };
}

/** Queries and changes to the vault itself that bypass Pulumi's provider. */
type VaultApi = Pick<KeyVaultApi, "isDeleted" | "settle">;

function makeVault(
  spec: AzureKeyVaultSpec,
  create: AzureVaultCreation,
  api: VaultApi,
  options: CustomResourceOptions,
): Vault {
  const { allowedAddresses, allowedSubnets } = create;
  const open = allowedAddresses.length === 0 && allowedSubnets.length === 0;
  return new Vault(
    `${spec.name}/vault`,
    {
      vaultName: spec.vault,
      resourceGroupName: spec.resourceGroup,
      location: spec.location,
      properties: {
        tenantId: spec.tenantId,
        sku: { family: "A", name: create.sku },
        // With access policies any Contributor could give itself the values.
        enableRbacAuthorization: true,
        enableSoftDelete: true,
        softDeleteRetentionInDays: create.softDeleteDays,
        // Azure refuses `false`: what can't be switched off can't be set to it either.
        ...(create.purgeProtection ? { enablePurgeProtection: true } : {}),
        publicNetworkAccess: create.publicNetworkAccess ? "Enabled" : "Disabled",
        networkAcls: {
          defaultAction: open ? "Allow" : "Deny",
          bypass: "AzureServices",
          ipRules: allowedAddresses.map((address) => ({ value: networkOf(address) })),
          virtualNetworkRules: allowedSubnets.map((id) => ({ id })),
        },
        createMode: output(api.isDeleted()).apply((deleted) => (deleted ? ("recover" as const) : undefined)),
      },
      tags: { ...spec.tags },
    },
    {
      ...options,
      hooks: { ...options.hooks, afterCreate: [settleHook(spec, (settings) => api.settle(settings))] },
      retainOnDelete: create.retain,
      // How it came to be says nothing about what it is: without this the run after a recovery would show a change.
      ignoreChanges: ["properties.createMode"],
    },
  );
}

/** As Azure answers, which makes a network of a single address (terraform-provider-azurerm#2164). */
function networkOf(address: string): string {
  return address.includes("/") ? address : `${address}/32`;
}

function auditLog(spec: AzureKeyVaultSpec, vault: Vault, options: CustomResourceOptions): readonly DiagnosticSetting[] {
  const { auditWorkspaceId: workspaceId, retain = false } = spec.create ?? {};
  if (workspaceId === undefined) return [];
  return [
    new DiagnosticSetting(
      `${spec.name}/audit-log`,
      { name: "audit", resourceUri: vault.id, workspaceId, logs: [{ category: "AuditEvent", enabled: true }] },
      // Who reads what stays in the vault is as worth knowing after `destroy`.
      { ...options, retainOnDelete: retain },
    ),
  ];
}

function deployerGrant(spec: AzureKeyVaultSpec, options: CustomResourceOptions): RoleAssignment {
  const scope = vaultId(spec);
  const asked = options.provider === undefined ? {} : { provider: options.provider };
  const principalId = getClientConfigOutput(asked).apply(({ objectId }) => objectId);
  return new RoleAssignment(
    `${spec.name}/deployer`,
    {
      roleAssignmentName: principalId.apply((principal) =>
        roleAssignmentName(scope, principal, azureRoles.secretsOfficer),
      ),
      scope,
      principalId,
      // Pulumi's SDK would say `User`, and Azure refuses a type that is not the principal's.
      principalType: getClientTokenOutput({}, asked).apply(({ token }) => principalTypeOf(token)),
      roleDefinitionId: roleDefinitionId(spec.subscriptionId, "secretsOfficer"),
    },
    options,
  );
}
