import type { CloudIdentities } from "../identity.ts";
import { azureCredentials, checkAzureIdentity, type AzureLogin } from "./identity-rules.ts";
import type { AzureKeyVaultSpec } from "./key-vault.ts";
import { azureProvider } from "./secret-store.ts";

/** Identities on Azure: managed identities that trust service accounts. */
export const azureIdentities: CloudIdentities<AzureKeyVaultSpec, AzureLogin> = {
  load: async () => (await import("./identity.ts")).azureIdentity,
  check: checkAzureIdentity,
  credentials: azureCredentials,
  storeProvider: azureProvider,
};
