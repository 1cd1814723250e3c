import { text, type Accounts, type Answers } from "./contract.ts";

const kind = "azure-key-vault";

/** Functions of the Azure provider. */
export const azure: Answers = {
  "azure-native:authorization:getClientConfig": (_, { accounts: { subscriptionId, tenantId } }) => ({
    subscriptionId,
    tenantId,
    clientId: deployerId,
    objectId: deployerId,
  }),
  "azure-native:authorization:getClientToken": () => ({ token: "token" }),
  "azure-native:keyvault:getVault": ({ vaultName, resourceGroupName }, { accounts }) => ({
    id: vaultId(accounts, text(resourceGroupName), text(vaultName)),
    name: vaultName,
    type: "Microsoft.KeyVault/vaults",
    properties: {
      tenantId: accounts.tenantId,
      vaultUri: vaultAddress(accounts, text(vaultName)),
      enableRbacAuthorization: true,
      enableSoftDelete: true,
    },
  }),
  "azure-native:keyvault:getSecret": ({ vaultName, resourceGroupName, secretName }, { accounts, read, labels }) => {
    const [group, vault, name] = [text(resourceGroupName), text(vaultName), text(secretName)];
    const held = read(kind, name);
    if (held === undefined) {
      throw new Error(`Status=404 Code="SecretNotFound" Message="A secret with (name/id) ${name} was not found."`);
    }
    return {
      id: `${vaultId(accounts, group, vault)}/secrets/${name}`,
      name,
      tags: labels?.(kind, name) ?? {},
      properties: secretProperties(accounts, vault, name, held.version),
    };
  },
};

/** The principal that deploys. */
export const deployerId = "33333333-3333-4333-8333-333333333333";

/** Resource id of a vault. */
export function vaultId({ subscriptionId }: Accounts, group: string, vault: string): string {
  return `/subscriptions/${subscriptionId}/resourceGroups/${group}/providers/Microsoft.KeyVault/vaults/${vault}`;
}

/** What Azure tells of a secret: everything but the value. */
export function secretProperties(accounts: Accounts, vault: string, name: string, version: number): object {
  const secretUri = `${vaultAddress(accounts, vault)}secrets/${name}`;
  return {
    secretUri,
    secretUriWithVersion: `${secretUri}/${version}`,
    attributes: { created: writtenAt(version), updated: writtenAt(version), enabled: true },
  };
}

/** When a version was written, in seconds since 1970. */
export function writtenAt(version: number): number {
  return 1_760_000_000 + version;
}

function vaultAddress({ vaultSuffix }: Accounts, vault: string): string {
  return `https://${vault}.${vaultSuffix}/`;
}
