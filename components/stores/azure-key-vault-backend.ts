import { ExpectedError } from "../support/errors.ts";
import type { AzureKeyVaultSpec } from "./azure-key-vault.ts";
import type { StoreBackend } from "./contract.ts";

export const backend: StoreBackend<AzureKeyVaultSpec> = {
  open: ({ spec }) => {
    throw new ExpectedError(`stores.${spec.name}: ${spec.kind} has no backend yet`);
  },
};
