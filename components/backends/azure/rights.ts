import { setTimeout } from "node:timers/promises";
import { runtime, type ErrorHook } from "@pulumi/pulumi";
import { explainHook } from "../../support/explain-hook.ts";
import { refusalOf, type KeyVaultRefusal } from "./key-vault-client.ts";
import { vaultId, type AzureKeyVaultSpec } from "./key-vault.ts";

/**
 * A role assignment takes seconds, and up to ten minutes, until a vault knows it; neither Pulumi's provider nor
 * Microsoft's SDK repeats a refusal (403): https://learn.microsoft.com/azure/role-based-access-control/troubleshooting
 */
const mostAttempts = 45;

/** Seconds to wait before the next attempt: 1, 2, 4, 8, then 15; ten and a half minutes in all. */
function pauseSeconds(attempt: number): number {
  return Math.min(15, 2 ** attempt);
}

/** Waits for some seconds. */
export type Pause = (seconds: number) => Promise<void>;
const pauseFor: Pause = (seconds) => setTimeout(1000 * seconds);

/** Retries writes of secrets until the deployer's role takes effect, and explains other refusals. */
export function rightsHook(spec: AzureKeyVaultSpec, pause: Pause = pauseFor): ErrorHook {
  return explainHook(
    `await-rights-${spec.name}`,
    ({ error }) => {
      const refusal = refusalOf(error);
      return mayPass(refusal) || refusal === "network" ? `fix: ${advice(refusal, spec)}` : undefined;
    },
    {
      retry: async ({ error, attempts }) => {
        if (!mayPass(refusalOf(error)) || !spec.grantDeployer || attempts > mostAttempts) return false;
        await pause(pauseSeconds(attempts - 1));
        return true;
      },
    },
  );
}

/** Whether a right that was granted in this run ends the refusal. A deleted name is brought back with the same right. */
function mayPass(refusal: KeyVaultRefusal): boolean {
  return refusal === "rights" || refusal === "recoverable";
}

/** Asks the data plane; while a right that was granted in this run does not count yet, again. */
export async function withRights<T>(
  spec: AzureKeyVaultSpec,
  ask: () => Promise<T>,
  pause: Pause = pauseFor,
): Promise<T> {
  const attempts = spec.grantDeployer && !runtime.isDryRun() ? mostAttempts : 0;
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await ask();
    } catch (error) {
      if (refusalOf(error) !== "rights" || attempt >= attempts) throw error;
      await pause(pauseSeconds(attempt));
    }
  }
}

/** What to do about a refusal. */
export function advice(refusal: KeyVaultRefusal, spec: AzureKeyVaultSpec): string {
  switch (refusal) {
    case "rights":
      return `grant the deployer the role: az role assignment create --role "Key Vault Secrets Officer" --assignee <object id of the deployer> --scope ${vaultId(spec)}`;
    case "recoverable":
      return `restore the deleted secret: az keyvault secret recover --vault-name ${spec.vault} --name <name>`;
    case "network":
      return `allow the deployer's address in the vault's firewall: az keyvault network-rule add --name ${spec.vault} --ip-address <address>`;
    case "absent":
      return `check stores.${spec.name}.subscriptionId, resourceGroup and vault: az keyvault show --name ${spec.vault} --resource-group ${spec.resourceGroup}`;
    case "other":
      return "check the deployer's credentials (az account show, or ARM_CLIENT_ID and the related variables) and its permissions: docs/stores/azure-key-vault.md#rights-of-the-deployer";
  }
}
