import type { Input } from "@pulumi/pulumi";
import type { ReadGrant } from "../contract.ts";

/** The right to read one secret of a Key Vault. */
export interface AzureReadGrant extends ReadGrant {
  readonly kind: "azure-key-vault";
  /** Name of the secret, which its role assignment is called after. */
  readonly name: string;
  /** Resource id of the secret, without its version: the scope of a role assignment. */
  readonly scope: Input<string>;
}

export function isAzureGrant(grant: ReadGrant): grant is AzureReadGrant {
  return grant.kind === "azure-key-vault";
}

/** The right to read one secret of a vault, by its name and its resource id. */
export function azureGrant(name: string, scope: AzureReadGrant["scope"]): AzureReadGrant {
  return { kind: "azure-key-vault", name, scope };
}
