import { vaultOk } from "../support/vault.ts";

/** Folder of the main stack's secrets in Vault. */
export const prefix = "mlops-platform-sandbox";

/** Versions that Vault holds of a secret of the main stack. */
export async function versionsIn(secret: string): Promise<readonly string[]> {
  const { body } = await vaultOk(`secret/metadata/${prefix}/${secret}`);
  return Object.keys(body.data?.["versions"] as object);
}
