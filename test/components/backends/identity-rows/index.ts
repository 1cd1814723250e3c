import type { RemoteStoreKind } from "../../../../components/backends/index.ts";
import { parameterStoreRows, secretsManagerRows } from "./aws.ts";
import { azure } from "./azure.ts";
import { gcp } from "./gcp.ts";
import type { Rows } from "./row.ts";
import { vault } from "./vault.ts";

/** Every way to read a store, under contract. A kind without its rows does not compile. */
export const rows: { readonly [K in RemoteStoreKind]: Rows<K> } = {
  "aws-parameter-store": parameterStoreRows,
  "aws-secrets-manager": secretsManagerRows,
  "azure-key-vault": azure,
  "gcp-secret-manager": gcp,
  "vault-kv": vault,
};
