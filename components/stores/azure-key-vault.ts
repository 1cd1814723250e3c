import type { Issue } from "../support/errors.ts";
import { keyVaultName } from "../support/naming.ts";
import type { StoreRules } from "./contract.ts";
import { objectsOf, type Layout } from "./layout.ts";

/** Azure Key Vault: an existing vault, or one that is made here. */
export interface AzureKeyVaultSpec {
  readonly kind: "azure-key-vault";
  readonly name: string;
  readonly subscriptionId: string;
  readonly tenantId: string;
  readonly resourceGroup: string;
  /** Name of the vault: 3 to 24 letters, digits and dashes, unique in all of Azure. */
  readonly vault: string;
  /** Host suffix of vaults: `vault.azure.net`, or that of a sovereign cloud. */
  readonly vaultSuffix: string;
  /** Azure region of what is made here. */
  readonly location: string;
  /** Default: `per-key`. */
  readonly layout: Layout;
  /** How the vault is made; absent when it exists already and belongs to somebody else. */
  readonly create?: AzureVaultCreation;
  readonly tags: Readonly<Record<string, string>>;
}

/** What a vault made here is like. */
export interface AzureVaultCreation {
  readonly sku: "standard" | "premium";
  /** Days in which deleted secrets and the deleted vault can be recovered: 7 to 90. Policy decides. */
  readonly softDeleteDays: number;
  /** Whether nobody can purge before that. Can't be switched off again. Policy decides. */
  readonly purgeProtection: boolean;
  /** Addresses (CIDR) that may reach it; an empty list lets every network. */
  readonly allowedAddresses: readonly string[];
  /** Resource ids of subnets that may reach it. */
  readonly allowedSubnets: readonly string[];
  /** Resource id of the Log Analytics workspace that gets its audit log. Policy may require it. */
  readonly auditWorkspaceId?: string;
}

/** Address of a vault's data plane, with a slash at its end as Azure writes it. */
export function vaultUrl({ vault, vaultSuffix }: Pick<AzureKeyVaultSpec, "vault" | "vaultSuffix">): string {
  return `https://${vault.toLowerCase()}.${vaultSuffix}/`;
}

export const azureKeyVaultRules: StoreRules<AzureKeyVaultSpec> = {
  objects: (spec, { address, keys }) => objectsOf(spec.layout, keys, (key) => keyVaultName(address, key)),
  check: (): readonly Issue[] => [],
};
