import type { Issue } from "../support/errors.ts";
import { parameterName } from "../support/naming.ts";
import type { AwsAccount } from "./aws.ts";
import type { StoreRules } from "./contract.ts";
import { objectsOf, type Layout } from "./layout.ts";

/** AWS Systems Manager Parameter Store: SecureString parameters in a hierarchy. */
export interface AwsParameterStoreSpec extends AwsAccount {
  readonly kind: "aws-parameter-store";
  readonly name: string;
  /** Default: `per-key`. */
  readonly layout: Layout;
  /** `by-size` takes `advanced` (charged, 8 KiB) where a value does not fit into `standard` (free, 4 KiB). */
  readonly tier: "by-size" | "standard" | "advanced";
}

export const awsParameterStoreRules: StoreRules<AwsParameterStoreSpec> = {
  objects: (spec, { address, keys }) => objectsOf(spec.layout, keys, (key) => parameterName(address, key)),
  check: (): readonly Issue[] => [],
};
