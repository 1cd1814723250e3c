import { WorkloadIdentityPool } from "@pulumi/gcp/iam/workloadIdentityPool.js";
import { WorkloadIdentityPoolProvider } from "@pulumi/gcp/iam/workloadIdentityPoolProvider.js";
import type { CustomResourceOptions, Resource } from "@pulumi/pulumi";
import { gcpProviderId } from "../support/naming.ts";
import { madeProvider, type GcpSecretManagerSpec } from "./gcp-secret-manager.ts";

/**
 * The workload identity pool of a store and a provider in it for each cluster outside of Google, where facts ask for
 * them. What a token may do is said by the bindings of each secret; a provider only says whose tokens are real.
 */
export function makeIdentityPool(spec: GcpSecretManagerSpec, options: CustomResourceOptions): readonly Resource[] {
  const { identityPool } = spec;
  if (identityPool === undefined) return [];
  const name = `${spec.name}/identity-pool`;
  const pool = new WorkloadIdentityPool(
    name,
    { project: spec.project, workloadIdentityPoolId: identityPool.id, displayName: "Clusters that read secrets" },
    options,
  );
  const providers = Object.entries(identityPool.clusters).map(
    ([cluster, { issuer, jwks }]) =>
      new WorkloadIdentityPoolProvider(
        `${name}/${cluster}`,
        {
          project: spec.project,
          workloadIdentityPoolId: pool.workloadIdentityPoolId,
          workloadIdentityPoolProviderId: gcpProviderId(cluster),
          attributeMapping: { "google.subject": "assertion.sub" },
          oidc: {
            issuerUri: issuer,
            // Its own name, which is Google's default too: a token that was made for anybody else is refused.
            allowedAudiences: [`https://iam.googleapis.com/${madeProvider(spec, cluster)}`],
            ...(jwks === undefined ? {} : { jwksJson: jwks }),
          },
        },
        options,
      ),
  );
  return [pool, ...providers];
}
