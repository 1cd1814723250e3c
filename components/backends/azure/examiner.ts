import { messageOf } from "../../support/messages/errors.ts";
import { childOf } from "../../support/value-at.ts";
import { broken, examinedTogether, restore, sound, unanswered } from "../examiner.ts";
import type { NotAsked, StoreExamination, StoreExaminer } from "../examiner.ts";
import { deployerTokens } from "./credentials.ts";
import { checkAzureReader } from "./examine-reader.ts";
import { checkVaultSecret } from "./examine-secret.ts";
import { azureClouds, vaultId, type AzureKeyVaultSpec } from "./key-vault.ts";
import { azureQuestions, type AskAzure } from "./questions.ts";
import { vaultApiVersion } from "./recovered-vault.ts";

/** Opens a Key Vault to ask it, with the deployer's credentials. */
export async function open(
  spec: AzureKeyVaultSpec,
  variable: (name: string) => string | undefined,
): Promise<StoreExaminer | NotAsked> {
  const token = deployerTokens(spec, variable);
  try {
    await token(`https://${azureClouds[spec.vaultSuffix].management}`);
  } catch (error) {
    return { reason: messageOf(error).split("\n")[0] ?? "" };
  }
  return azureExaminer(spec, azureQuestions(spec, token));
}

/** Asks a Key Vault, and the resources of Azure around it, by these questions. */
export function azureExaminer(spec: AzureKeyVaultSpec, ask: AskAzure): StoreExaminer {
  return {
    store: () => checkVault(spec, ask),
    reader: (reading) => checkAzureReader(spec, ask, reading),
    object: (object, keys) => checkVaultSecret(spec, ask, object, keys),
  };
}

async function checkVault(spec: AzureKeyVaultSpec, ask: AskAzure): Promise<StoreExamination> {
  const { vault, resourceGroup, create } = spec;
  const subject = `Key Vault ${vault} in resource group ${resourceGroup}`;
  const found = await ask("management", `${vaultId(spec)}?api-version=${vaultApiVersion}`);
  if ("refused" in found) return unanswered("store", subject, found.refused);
  if ("absent" in found) {
    const look = `az keyvault show --name ${vault} --resource-group ${resourceGroup}`;
    return broken("store", subject, "does not exist", create === undefined ? look : restore);
  }
  const properties = childOf(found.value, "properties");
  const access = childOf(properties, "enableRbacAuthorization");
  const isPrivate = childOf(properties, "publicNetworkAccess") === "Disabled";
  const seen = sound("store", `${subject} exists${isPrivate ? ", with private endpoints only" : ""}`);
  if (access === true) return seen;
  const byPolicies = broken(
    "rights",
    subject,
    "uses access policies, so that role assignments have no effect",
    `az keyvault update --name ${vault} --enable-rbac-authorization true`,
  );
  return examinedTogether([seen, byPolicies]);
}
