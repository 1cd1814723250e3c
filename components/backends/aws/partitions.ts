/**
 * Partitions of AWS and their regions, as the SDK of AWS has them (`partitionsInfo` of `@aws-sdk/core`, read on
 * 2026-11-28). Copied, since that package costs every start more than this table; a test compares the two.
 */

/** A part of AWS with accounts, ARNs and host names of its own. */
export interface AwsPartition {
  /** Second part of its ARNs. */
  readonly id: string;
  /** Suffix of its services' host names. */
  readonly dnsSuffix: string;
  readonly regions: readonly string[];
}

/* prettier-ignore */
export const awsPartitions: readonly AwsPartition[] = [
  {
    id: "aws",
    dnsSuffix: "amazonaws.com",
    regions: [
      "af-south-1", "ap-east-1", "ap-east-2", "ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1", "ap-south-2",
      "ap-southeast-1", "ap-southeast-2", "ap-southeast-3", "ap-southeast-4", "ap-southeast-5", "ap-southeast-6",
      "ap-southeast-7", "ca-central-1", "ca-west-1", "eu-central-1", "eu-central-2", "eu-north-1", "eu-south-1", "eu-south-2",
      "eu-west-1", "eu-west-2", "eu-west-3", "il-central-1", "me-central-1", "me-south-1", "me-west-1", "mx-central-1",
      "sa-east-1", "sa-west-1", "us-east-1", "us-east-2", "us-west-1", "us-west-2",
    ],
  },
  { id: "aws-cn", dnsSuffix: "amazonaws.com.cn", regions: ["cn-north-1", "cn-northwest-1"] },
  { id: "aws-eusc", dnsSuffix: "amazonaws.eu", regions: ["eusc-de-east-1"] },
  { id: "aws-iso", dnsSuffix: "c2s.ic.gov", regions: ["us-iso-east-1", "us-iso-west-1"] },
  { id: "aws-iso-b", dnsSuffix: "sc2s.sgov.gov", regions: ["us-isob-east-1", "us-isob-west-1"] },
  { id: "aws-iso-e", dnsSuffix: "cloud.adc-e.uk", regions: ["eu-isoe-west-1"] },
  { id: "aws-iso-f", dnsSuffix: "csp.hci.ic.gov", regions: ["us-isof-east-1", "us-isof-south-1"] },
  { id: "aws-us-gov", dnsSuffix: "amazonaws.com", regions: ["us-gov-east-1", "us-gov-west-1"] },
];

const regions = new Map(
  awsPartitions.flatMap((partition) => partition.regions.map((each) => [each, partition] as const)),
);

/** Every region, in alphabetical order. */
export const awsRegions: readonly string[] = [...regions.keys()].sort();

/** The partition that a region is in. */
export function awsPartitionOf(region: string): AwsPartition | undefined {
  return regions.get(region);
}

/** Suffix of host names in a partition, which conditions of policies name services by. */
export function awsDnsSuffix(partition: string): string {
  return awsPartitions.find(({ id }) => id === partition)?.dnsSuffix ?? "amazonaws.com";
}
