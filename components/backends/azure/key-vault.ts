import type { Issue } from "../../support/messages/errors.ts";
import { keyVaultName, secretId } from "../../support/naming.ts";
import type { StoreBase, StoreRules } from "../contract.ts";
import { namingPath } from "../remote-names.ts";
import { leastBytes, objectsOf, type Layout, type RemoteObject, type SecretShape } from "../remote-object.ts";

/** Azure Key Vault: an existing vault, or one that is made here. */
export interface AzureKeyVaultSpec extends Omit<StoreBase, "writeOnly"> {
  readonly kind: "azure-key-vault";
  readonly subscriptionId: string;
  readonly tenantId: string;
  readonly resourceGroup: string;
  /** Resource group of the readers' identities. Default: the vault's. */
  readonly identityResourceGroup: string;
  /** Name of the vault: 3 to 24 letters, digits or `-`, unique in all of Azure. */
  readonly vault: string;
  /** Host suffix of vaults: `vault.azure.net`, or that of a sovereign cloud. */
  readonly vaultSuffix: VaultSuffix;
  /** Azure region of what is made here. */
  readonly location: string;
  /** Default: `per-key`. */
  readonly layout: Layout;
  /** Whether whoever deploys is given the right to the vault's secrets; false where they have it already. */
  readonly grantDeployer: boolean;
  /** How the vault is created; absent if it is managed elsewhere. */
  readonly create?: AzureVaultCreation;
  readonly tags: Readonly<Record<string, string>>;
}

/** Tags that secrets get here beside those of the facts, which they win over. */
export const ownAzureTags = ["managed-by", "project", "stack"] as const;

/** What a vault made here is like. */
export interface AzureVaultCreation {
  readonly sku: "standard" | "premium";
  /** Days in which deleted secrets and the deleted vault can be recovered: 7 to 90. Policy decides. */
  readonly softDeleteDays: number;
  /** Whether nobody can purge before that. Can't be switched off again. Policy decides. */
  readonly purgeProtection: boolean;
  /** Whether the vault outlives `destroy`. Policy decides. */
  readonly retain: boolean;
  /** Whether it has a public address; without one it is reached by private endpoints only. */
  readonly publicNetworkAccess: boolean;
  /** Addresses (CIDR) that may reach it; an empty list allows every network. */
  readonly allowedAddresses: readonly string[];
  /** Resource ids of subnets that may reach it. */
  readonly allowedSubnets: readonly string[];
  /** Resource id of the Log Analytics workspace that gets its audit log. Policy may require it. */
  readonly auditWorkspaceId?: string;
}

/** What differs between Azure and its sovereign clouds, by the host suffix of their vaults. */
export const azureClouds = {
  "vault.azure.net": {
    provider: "public",
    operator: "PublicCloud",
    csi: "AzurePublicCloud",
    management: "management.azure.com",
    login: "login.microsoftonline.com",
  },
  "vault.usgovcloudapi.net": {
    provider: "usgovernment",
    operator: "USGovernmentCloud",
    csi: "AzureUSGovernmentCloud",
    management: "management.usgovcloudapi.net",
    login: "login.microsoftonline.us",
  },
  "vault.azure.cn": {
    provider: "china",
    operator: "ChinaCloud",
    csi: "AzureChinaCloud",
    management: "management.chinacloudapi.cn",
    login: "login.partner.microsoftonline.cn",
  },
} as const;
export type VaultSuffix = keyof typeof azureClouds;

/** Address of a vault's data plane, with a slash at its end as Azure writes it. */
export function vaultUrl({ vault, vaultSuffix }: Pick<AzureKeyVaultSpec, "vault" | "vaultSuffix">): string {
  return `https://${vault.toLowerCase()}.${vaultSuffix}/`;
}

/** Resource id of a vault. */
export function vaultId({ subscriptionId, resourceGroup, vault }: AzureKeyVaultSpec): string {
  return `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}/providers/Microsoft.KeyVault/vaults/${vault}`;
}

/** Resource id of a secret, without a version. */
export function vaultSecretId(spec: AzureKeyVaultSpec, remoteName: string): string {
  return `${vaultId(spec)}/secrets/${remoteName}`;
}

/** Writes an earlier version of a secret again, which makes it the newest. */
export function secretRestoreCommand(spec: AzureKeyVaultSpec, remoteName: string): string {
  const before = `${vaultUrl(spec)}secrets/${remoteName}/<last version written by this program>`;
  return `az keyvault secret set --vault-name ${spec.vault} --name ${remoteName} --value "$(az keyvault secret show --id ${before} --query value --output tsv)" --output none`;
}

/** https://learn.microsoft.com/azure/key-vault/general/about-keys-secrets-certificates#objects-identifiers-and-versioning */
const legalName = /^[0-9A-Za-z-]+$/;
const mostCharactersOfName = 127;
/** https://learn.microsoft.com/azure/key-vault/secrets/about-secrets: 25 KB. */
const mostBytes = 25_600;

export const azureKeyVaultRules: StoreRules<AzureKeyVaultSpec> = {
  objects: (spec, shape) => objectsOf(spec, shape, (key) => keyVaultName(shape.address, key)),
  check: (spec, shape) => azureKeyVaultRules.objects(spec, shape).flatMap((object) => issuesOf(spec, object, shape)),
};

function issuesOf(spec: AzureKeyVaultSpec, object: RemoteObject, shape: SecretShape): readonly Issue[] {
  const { name, layout, keys } = object;
  const path = namingPath(spec.name, object);
  const id = secretId(shape.address);
  const what = layout === "bundle" ? id : `${id}, key ${keys[0] ?? ""}`;
  const issues: Issue[] = [];
  if (name.length > mostCharactersOfName) {
    issues.push({
      path,
      problem: `the name of ${what} has ${name.length} characters; Key Vault allows at most ${mostCharactersOfName}`,
    });
  }
  if (!legalName.test(name)) {
    issues.push({ path, problem: `the name of ${what} is "${name}"; Key Vault allows letters, digits and "-"` });
  }
  const bytes = leastBytes(object, shape.lengths);
  if (bytes > mostBytes) {
    issues.push({
      path: `stores.${spec.name}`,
      problem: `${what} may have ${bytes} bytes; Key Vault allows at most ${mostBytes}`,
      ...(layout === "bundle" && keys.length > 1
        ? { fix: "split the secret, or store each key separately: layout per-key" }
        : {}),
    });
  }
  return issues;
}
