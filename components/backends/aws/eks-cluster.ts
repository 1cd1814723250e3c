import type { ClusterSpec } from "../../clusters/contract.ts";
import type { AwsAccount } from "./account.ts";

/** Region and ARN of an EKS cluster: its issuer says the region. Without one the cluster is taken to be beside the store. */
export function eksCluster(
  { issuer = "", clusterName }: Pick<ClusterSpec, "issuer"> & { readonly clusterName: string },
  { region: beside, partition, accountId }: AwsAccount,
): { readonly region: string; readonly arn: string } {
  const region = /^https:\/\/oidc\.eks\.([a-z0-9-]+)\./.exec(issuer)?.[1] ?? beside;
  return { region, arn: `arn:${partition}:eks:${region}:${accountId}:cluster/${clusterName}` };
}
