import type { ClusterSpec } from "../../clusters/contract.ts";
import type { AzureKeyVaultSpec } from "./key-vault.ts";
import type { Issue } from "../../support/errors.ts";

/** What a cluster must tell of itself before its namespaces can read the store. Pure. */
export function checkAzureIdentity(store: AzureKeyVaultSpec, cluster: ClusterSpec): readonly Issue[] {
  if (cluster.issuer !== undefined) return [];
  return [
    {
      path: `clusters.${cluster.name}.issuer`,
      problem: `is missing: store ${store.name} trusts the cluster's service accounts by it`,
      fix:
        cluster.flavour === "aks"
          ? "az aks show --name <cluster> --resource-group <group> --query oidcIssuerProfile.issuerUrl --output tsv (before that: az aks update --enable-oidc-issuer)"
          : "kubectl get --raw /.well-known/openid-configuration (its field issuer, exactly as it stands there)",
    },
  ];
}
