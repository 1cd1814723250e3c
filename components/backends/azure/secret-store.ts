import type { ISecretStore } from "@kubernetes-models/external-secrets/external-secrets.io/v1";
import { azureClouds, vaultUrl, type AzureKeyVaultSpec } from "./key-vault.ts";
import { readerName } from "../../support/naming.ts";
import { apiVersion, type ManifestMetadata } from "../../external-secrets/manifests.ts";

/**
 * SecretStore on Azure Key Vault, with the namespace's own service account. Its annotations name the identity and the
 * tenant; the operator refuses a store that names the tenant a second time, and adds Azure's audience by itself.
 */
export function azureSecretStore(metadata: ManifestMetadata, spec: AzureKeyVaultSpec): ISecretStore {
  return {
    apiVersion,
    kind: "SecretStore",
    metadata,
    spec: {
      provider: {
        azurekv: {
          // Written out: the default is a service principal with a password.
          authType: "WorkloadIdentity",
          vaultUrl: vaultUrl(spec),
          environmentType: azureClouds[spec.vaultSuffix].operator,
          serviceAccountRef: { name: readerName },
        },
      },
    },
  };
}
