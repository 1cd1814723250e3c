import { ExpectedError } from "../support/errors.ts";
import type { AzureKeyVaultSpec } from "../stores/azure-key-vault.ts";
import type { Identity, IdentityArgs } from "./contract.ts";

/** No identity yet. */
export function azureIdentity(name: string, { store }: IdentityArgs<AzureKeyVaultSpec>): Identity {
  throw new ExpectedError(`${name}: store ${store.name} has no identity yet`);
}
