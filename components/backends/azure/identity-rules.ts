import type { ClusterSpec } from "../../clusters/contract.ts";
import type { AzureKeyVaultSpec } from "./key-vault.ts";
import type { Issue } from "../../support/messages/errors.ts";
import type { Input } from "@pulumi/pulumi";
import type { AccountLogin, StaticLogin } from "../identity.ts";

/** How a reader logs in to Azure: its service account's tokens are exchanged for those of an identity. */
export type AzureLogin =
  | (AccountLogin & {
      /** Client id of the identity. */
      readonly clientId: Input<string>;
      readonly tenantId: string;
    })
  | StaticLogin;

/** Audience of the tokens that Azure exchanges; the operator asks for exactly this one. */
export const tokenExchangeAudience = "api://AzureADTokenExchange";

/** Keys of static credentials, and the configuration keys that they come from. */
export const azureCredentials = { clientId: "azureReaderClientId", clientSecret: "azureReaderClientSecret" } as const;

/** Missing facts of a cluster whose namespaces read the store. Pure. */
export function checkAzureIdentity(store: AzureKeyVaultSpec, cluster: ClusterSpec): readonly Issue[] {
  if (cluster.issuer !== undefined) return [];
  return [
    {
      path: `clusters.${cluster.name}.issuer`,
      problem: `is missing: store ${store.name} trusts the cluster's service accounts through this issuer`,
      fix: cluster.traits.issuerCommand,
    },
  ];
}
