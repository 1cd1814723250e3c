import { z } from "zod";
import type { AwsAccount } from "../../components/stores/aws.ts";
import type { AwsParameterStoreSpec } from "../../components/stores/aws-parameter-store.ts";
import type { AwsSecretsManagerSpec } from "../../components/stores/aws-secrets-manager.ts";
import type { Policy } from "../environment.ts";
import { digits, layout, tags } from "./common.ts";

const region = z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, "must be a region of AWS, such as eu-central-1");
const keyArn = z
  .string()
  .regex(
    /^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/[A-Za-z0-9-]+$/,
    "must be the ARN of a KMS key (arn:aws:kms:<region>:<account>:key/<id>); an alias can't be named in a policy",
  );

const account = {
  region,
  accountId: digits(12, "an account number"),
  kmsKeyArn: keyArn.optional(),
  tags,
};

/** Facts of a store of kind `aws-parameter-store`. */
export const awsParameterStoreFacts = z.strictObject({
  kind: z.literal("aws-parameter-store"),
  ...account,
  layout: layout.default("per-key"),
  tier: z.enum(["by-size", "standard", "advanced"]).default("by-size"),
});

/** Facts of a store of kind `aws-secrets-manager`. */
export const awsSecretsManagerFacts = z.strictObject({
  kind: z.literal("aws-secrets-manager"),
  ...account,
  layout: layout.default("bundle"),
  replicas: z.array(z.strictObject({ region, kmsKeyArn: keyArn.optional() })).default([]),
});

export function awsParameterStoreSpec(
  name: string,
  facts: z.output<typeof awsParameterStoreFacts>,
): AwsParameterStoreSpec {
  return { kind: facts.kind, name, ...accountOf(facts), layout: facts.layout, tier: facts.tier };
}

export function awsSecretsManagerSpec(
  name: string,
  facts: z.output<typeof awsSecretsManagerFacts>,
  policy: Policy,
): AwsSecretsManagerSpec {
  return {
    kind: facts.kind,
    name,
    ...accountOf(facts),
    layout: facts.layout,
    replicas: facts.replicas.map(({ region: where, kmsKeyArn }) => ({
      region: where,
      ...(kmsKeyArn === undefined ? {} : { kmsKeyArn }),
    })),
    recoveryWindowDays: policy.recoveryDays,
  };
}

function accountOf(facts: {
  readonly region: string;
  readonly accountId: string;
  readonly kmsKeyArn?: string | undefined;
  readonly tags: Readonly<Record<string, string>>;
}): AwsAccount {
  return {
    region: facts.region,
    accountId: facts.accountId,
    partition: partitionOf(facts.region),
    tags: facts.tags,
    ...(facts.kmsKeyArn === undefined ? {} : { kmsKeyArn: facts.kmsKeyArn }),
  };
}

/** Partition of a region, the second part of every ARN. */
function partitionOf(where: string): string {
  if (where.startsWith("cn-")) return "aws-cn";
  return where.startsWith("us-gov-") ? "aws-us-gov" : "aws";
}
