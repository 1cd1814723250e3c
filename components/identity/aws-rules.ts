import type { ClusterSpec } from "../clusters/contract.ts";
import type { AwsParameterStoreSpec } from "../stores/aws-parameter-store.ts";
import type { AwsSecretsManagerSpec } from "../stores/aws-secrets-manager.ts";
import type { Issue } from "../support/errors.ts";

/** What a cluster must tell of itself before its namespaces can read the store. Pure. */
export function checkAwsIdentity(
  store: AwsParameterStoreSpec | AwsSecretsManagerSpec,
  cluster: ClusterSpec,
): readonly Issue[] {
  if (cluster.issuer !== undefined) return [];
  return [
    {
      path: `clusters.${cluster.name}.issuer`,
      problem: `is missing: store ${store.name} trusts the cluster's service accounts by it`,
      fix: "kubectl get --raw /.well-known/openid-configuration (its field issuer, exactly as it stands there)",
    },
  ];
}
