import { WorkloadIdentityPool } from "@pulumi/gcp/iam/workloadIdentityPool.js";
import { WorkloadIdentityPoolProvider } from "@pulumi/gcp/iam/workloadIdentityPoolProvider.js";
import type { CustomResourceOptions, Resource } from "@pulumi/pulumi";
import { gcpProviderId } from "../../support/naming.ts";
import { madeProvider, type GcpSecretManagerSpec } from "./secret-manager.ts";

/**
 * A workload identity pool and provider for each cluster outside Google for which the facts request one. The provider
 * authenticates tokens; the bindings of each secret authorize them.
 */
export function makeIdentityPools(spec: GcpSecretManagerSpec, options: CustomResourceOptions): readonly Resource[] {
  return Object.entries(spec.identityPools).flatMap(([cluster, wanted]) => {
    const name = `${spec.name}/identity-pool/${cluster}`;
    const { project } = spec;
    const pool = new WorkloadIdentityPool(
      name,
      {
        project,
        workloadIdentityPoolId: wanted.id,
        displayName: "Readers of secrets",
        description: `Cluster ${cluster}`,
      },
      options,
    );
    const provider = new WorkloadIdentityPoolProvider(
      name,
      {
        project,
        workloadIdentityPoolId: pool.workloadIdentityPoolId,
        workloadIdentityPoolProviderId: gcpProviderId(cluster),
        attributeMapping: { "google.subject": "assertion.sub" },
        oidc: {
          issuerUri: wanted.issuer,
          // Its own name, which is Google's default too: a token that was made for anybody else is refused.
          allowedAudiences: [`https://iam.googleapis.com/${madeProvider(spec, cluster, wanted)}`],
          ...(wanted.jwks === undefined ? {} : { jwksJson: wanted.jwks }),
        },
      },
      options,
    );
    return [pool, provider];
  });
}
