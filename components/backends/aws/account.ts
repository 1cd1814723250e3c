import type { Issue } from "../../support/errors.ts";
import { awsPartitionOf } from "./partitions.ts";

/** What every store on AWS needs. */
export interface AwsAccount {
  readonly region: string;
  /** Account number, twelve digits: rights name it, and a deployment with another account's credentials is refused. */
  readonly accountId: string;
  /** Partition of its ARNs: `aws`, `aws-cn`, … (`partitions.ts`). */
  readonly partition: string;
  /** ARN of the customer key that values are encrypted with. Default: the account's own key. */
  readonly kmsKeyArn?: string;
  /** Tags of everything made in the account. */
  readonly tags: Readonly<Record<string, string>>;
  /**
   * Whether the account's OIDC provider for a cluster's issuer is made here, by cluster. Default: it exists, as on EKS,
   * where whoever made the cluster usually made it too. An account takes one for each issuer.
   */
  readonly oidcProviders: Readonly<Record<string, "existing" | "create">>;
}

/** Tags that are set here beside those of the facts, which they win over, by what gets them. */
export const ownAwsTags = {
  /** Parameters and secrets. */
  objects: ["managed-by", "project", "stack", "rotate-by"],
  /** Roles, OIDC providers, associations of EKS Pod Identity. */
  identities: ["managed-by", "platform", "environment", "cluster", "namespace"],
} as const;

/** Most tags of a resource, of every service that is used here. */
export const mostAwsTags = 50;

/** ARN of something in the account that has no region, such as a role. */
export function globalArn({ partition, accountId }: AwsAccount, service: string, resource: string): string {
  return `arn:${partition}:${service}::${accountId}:${resource}`;
}

/** ARN of something in the account and region of the store. */
export function regionalArn({ partition, region, accountId }: AwsAccount, service: string, resource: string): string {
  return `arn:${partition}:${service}:${region}:${accountId}:${resource}`;
}

/** Region of an ARN; empty for a global one. */
export function regionOfArn(arn: string): string {
  return arn.split(":")[3] ?? "";
}

/** A key encrypts in its own region only, and its ARN says the region's partition. It may be of another account. */
export function checkKey(path: string, kmsKeyArn: string | undefined, region: string): readonly Issue[] {
  if (kmsKeyArn === undefined) return [];
  const [, partition = ""] = kmsKeyArn.split(":");
  const expected = awsPartitionOf(regionOfArn(kmsKeyArn))?.id;
  if (expected !== undefined && partition !== expected) {
    return [
      {
        path,
        problem: `must begin with arn:${expected}: for a key in ${regionOfArn(kmsKeyArn)}, and begins with arn:${partition}:`,
        fix: `aws kms describe-key --key-id <id> --region ${regionOfArn(kmsKeyArn)} --query KeyMetadata.Arn`,
      },
    ];
  }
  if (regionOfArn(kmsKeyArn) === region) return [];
  return [
    {
      path,
      problem: `must be a key in ${region}, received one in ${regionOfArn(kmsKeyArn)}`,
      fix: "a multi-Region key has an ARN of its own in each region: aws kms describe-key --key-id <id> --region <region>",
    },
  ];
}
