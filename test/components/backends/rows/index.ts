import type { RemoteStoreKind } from "../../../../components/backends/index.ts";
import { awsParameterStore, awsSecretsManager } from "./aws.ts";
import { azureKeyVault } from "./azure-key-vault.ts";
import { gcpSecretManager } from "./gcp-secret-manager.ts";
import type { Row } from "./row.ts";
import { vaultKv } from "./vault-kv.ts";

/** Every kind under contract. */
export const rows: { readonly [K in RemoteStoreKind]: Row } = {
  "aws-parameter-store": awsParameterStore,
  "aws-secrets-manager": awsSecretsManager,
  "azure-key-vault": azureKeyVault,
  "gcp-secret-manager": gcpSecretManager,
  "vault-kv": vaultKv,
};
