import type { RemoteStoreKind } from "../../../../components/stores/contract.ts";
import type { Row } from "./row.ts";
import { vaultKv } from "./vault-kv.ts";

/** Every kind under contract. */
export const rows: { readonly [K in RemoteStoreKind]?: Row } = {
  "vault-kv": vaultKv,
};
