import { AsyncLocalStorage } from "node:async_hooks";
import { setTimeout } from "node:timers/promises";
import { ErrorHook, log, runtime } from "@pulumi/pulumi";
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

/** Repeats writes of secrets while the deployer's right does not count yet, and says what to do about other refusals. */
export function rightsHook(spec: AzureKeyVaultSpec, pause: Pause = pauseFor): ErrorHook {
  // The engine calls a hook from outside of the program's async context, where no engine would be found to log to.
  const inProgram = AsyncLocalStorage.snapshot();
  return new ErrorHook(`await-rights-${spec.name}`, async ({ errors }) => {
    const refusal = refusalOf(errors[0] ?? "");
    // A deleted name is brought back with the same right.
    const mayPass = refusal === "rights" || refusal === "recoverable";
    if (mayPass && spec.grantDeployer && errors.length <= mostAttempts) {
      await pause(pauseSeconds(errors.length - 1));
      return true;
    }
    if (mayPass || refusal === "network") await inProgram(() => log.error(`fix: ${advice(refusal, spec)}`));
    return false;
  });
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
      return `give the deployer the role: az role assignment create --role "Key Vault Secrets Officer" --assignee <object id of the deployer> --scope ${vaultId(spec)}`;
    case "recoverable":
      return `bring the deleted secret back: az keyvault secret recover --vault-name ${spec.vault} --name <name>`;
    case "network":
      return `let the deployer's address through the vault's firewall: az keyvault network-rule add --name ${spec.vault} --ip-address <address>`;
    case "absent":
      return `check stores.${spec.name}.subscriptionId, resourceGroup and vault: az keyvault show --name ${spec.vault} --resource-group ${spec.resourceGroup}`;
    case "other":
      return "check the deployer's credentials (az account show, or ARM_CLIENT_ID and its companions) and its rights: docs/stores/azure-key-vault.md#rights-of-the-deployer";
  }
}
