import { AwsError } from "../answers.ts";
import type { MotoReader } from "./moto.ts";
import { parsePolicy, type Policy } from "../policy.ts";

/** A KMS key as the front needs it. */
export interface Key {
  readonly arn: string;
  readonly policy: Policy;
}

/** Keys that AWS makes for a service itself: everyone who may use the service in this account may use them through it. */
export function isManagedKey(keyId: string | undefined): boolean {
  return keyId === undefined || keyId === "" || /(^|:)alias\/aws\//.test(keyId);
}

/** Finds a key by id, ARN or alias; undefined when there is none. */
export async function findKey(moto: MotoReader, region: string, keyId: string): Promise<Key | undefined> {
  const kms = { service: "kms", region } as const;
  try {
    const { KeyMetadata } = await moto.json(kms, "TrentService.DescribeKey", { KeyId: keyId });
    const { Arn, KeyId } = KeyMetadata as { Arn: string; KeyId: string };
    const { Policy } = await moto.json(kms, "TrentService.GetKeyPolicy", { KeyId, PolicyName: "default" });
    return { arn: Arn, policy: parsePolicy(Policy as string) };
  } catch (error) {
    if (error instanceof AwsError && error.code.includes("NotFoundException")) return undefined;
    throw error;
  }
}
