import type { Input } from "@pulumi/pulumi";
import type { ReadGrant } from "../contract.ts";

/** The right to read one parameter or secret. */
export interface AwsReadGrant extends ReadGrant {
  readonly kind: "aws-parameter-store" | "aws-secrets-manager";
  /** Exact ARN of the parameter or secret. */
  readonly arn: Input<string>;
  /** ARN of the customer key that it is encrypted with; absent with the account's own key, which needs no right. */
  readonly kmsKeyArn?: string;
}

export function isAwsGrant(grant: ReadGrant): grant is AwsReadGrant {
  return grant.kind === "aws-parameter-store" || grant.kind === "aws-secrets-manager";
}
