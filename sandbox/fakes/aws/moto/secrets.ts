import { AwsError } from "../answers.ts";
import type { MotoReader } from "./moto.ts";
import { parsePolicy, type Policy } from "../policy.ts";

/** A secret of Secrets Manager, without its value. */
export interface SecretFacts {
  readonly arn: string;
  readonly name: string;
  readonly kmsKeyId?: string;
  readonly deletedDate?: number;
  readonly primaryRegion?: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly replicaRegions: readonly string[];
}

/** Looks a secret up by name, ARN or the part of an ARN; undefined when there is none. */
export async function findSecret(moto: MotoReader, region: string, id: string): Promise<SecretFacts | undefined> {
  const endpoint = { service: "secretsmanager", region } as const;
  try {
    const found = await moto.json(endpoint, "secretsmanager.DescribeSecret", { SecretId: id });
    const tags = (found["Tags"] ?? []) as readonly { Key: string; Value: string }[];
    const replicas = (found["ReplicationStatus"] ?? []) as readonly { Region: string }[];
    return {
      arn: found["ARN"] as string,
      name: found["Name"] as string,
      ...(typeof found["KmsKeyId"] === "string" ? { kmsKeyId: found["KmsKeyId"] } : {}),
      ...(typeof found["DeletedDate"] === "number" ? { deletedDate: found["DeletedDate"] } : {}),
      ...(typeof found["PrimaryRegion"] === "string" ? { primaryRegion: found["PrimaryRegion"] } : {}),
      tags: Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value])),
      replicaRegions: replicas.map(({ Region }) => Region),
    };
  } catch (error) {
    if (error instanceof AwsError && error.code === "ResourceNotFoundException") return undefined;
    throw error;
  }
}

/** The resource policy of a secret. A replica has its primary's. */
export async function secretPolicy(moto: MotoReader, region: string, secret: SecretFacts): Promise<Policy | undefined> {
  const endpoint = { service: "secretsmanager", region: secret.primaryRegion ?? region } as const;
  const found = await moto.json(endpoint, "secretsmanager.GetResourcePolicy", { SecretId: secret.name });
  return typeof found["ResourcePolicy"] === "string" ? parsePolicy(found["ResourcePolicy"]) : undefined;
}
