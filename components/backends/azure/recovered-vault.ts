import { ResourceHook } from "@pulumi/pulumi";
import { ExpectedError, messageOf } from "../../support/messages/errors.ts";
import { programContext } from "../../support/explain-hook.ts";
import { azureClouds, vaultId, type AzureKeyVaultSpec } from "./key-vault.ts";

/** What is set of a vault that is there. */
export interface VaultSettings {
  readonly properties: Readonly<Record<string, unknown>>;
  readonly tags: Readonly<Record<string, string>>;
}

/** Version of Azure's API for vaults. */
export const vaultApiVersion = "2024-11-01";

/**
 * Gives a vault that was just recovered the settings of facts and policy. Azure recovers it as it was and does not look
 * at what is asked for with it (azure-rest-api-specs#21306): its old firewall, or none, would stay, and Pulumi's provider
 * would never notice, because it compares what a program asked for last.
 *
 * @param settle Changes the vault in place.
 */
export function settleHook(spec: AzureKeyVaultSpec, settle: (settings: VaultSettings) => Promise<void>): ResourceHook {
  const inProgram = programContext();
  return new ResourceHook(`settle-vault-${spec.name}`, async ({ newInputs }) => {
    const { properties, tags = {} } = newInputs as VaultInputs;
    const { createMode, ...asked } = properties;
    if (createMode !== "recover") return;
    const settings = { properties: withoutFixed(asked), tags };
    try {
      await inProgram(() => settle(settings));
    } catch (error) {
      throw new ExpectedError(
        `stores.${spec.name}: vault ${spec.vault} was recovered with its previous settings, and updating them failed: ` +
          `${messageOf(error).trim().replace(/\.$/, "")}.\n    fix: once that is fixed, ${command(spec, settings)}; ` +
          "no later run does this",
      );
    }
  });
}

interface VaultInputs {
  readonly properties: Readonly<Record<string, unknown>>;
  readonly tags?: Readonly<Record<string, string>>;
}

/** Without what a vault has for good: Azure refuses another number of days. */
function withoutFixed(asked: VaultInputs["properties"]): VaultSettings["properties"] {
  const { tenantId: _, enableSoftDelete: __, softDeleteRetentionInDays: ___, ...settings } = asked;
  return settings;
}

/** Where Azure's API has the vault. */
export function vaultResourceUrl(spec: AzureKeyVaultSpec): string {
  return `https://${azureClouds[spec.vaultSuffix].management}${vaultId(spec)}?api-version=${vaultApiVersion}`;
}

function command(spec: AzureKeyVaultSpec, settings: VaultSettings): string {
  const body = JSON.stringify(settings).replaceAll("'", String.raw`'\''`);
  return `az rest --method patch --url "${vaultResourceUrl(spec)}" --body '${body}'`;
}
