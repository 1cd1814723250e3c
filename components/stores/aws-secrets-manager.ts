import type { Issue } from "../support/errors.ts";
import { secretsManagerName } from "../support/naming.ts";
import type { AwsAccount } from "./aws.ts";
import type { StoreRules } from "./contract.ts";
import { objectsOf, type Layout } from "./layout.ts";

/** AWS Secrets Manager. */
export interface AwsSecretsManagerSpec extends AwsAccount {
  readonly kind: "aws-secrets-manager";
  readonly name: string;
  /** Default: `bundle`. */
  readonly layout: Layout;
  /** Regions that get a copy, each with the key that it is encrypted with there. */
  readonly replicas: readonly { readonly region: string; readonly kmsKeyArn?: string }[];
  /** Days in which a deleted secret can be restored: 7 to 30, or 0 to delete at once. Policy decides. */
  readonly recoveryWindowDays: number;
}

export const awsSecretsManagerRules: StoreRules<AwsSecretsManagerSpec> = {
  objects: (spec, { address, keys }) => objectsOf(spec.layout, keys, (key) => secretsManagerName(address, key)),
  check: (): readonly Issue[] => [],
};
