import { ExpectedError } from "../support/errors.ts";
import type { AwsParameterStoreSpec } from "../stores/aws-parameter-store.ts";
import type { AwsSecretsManagerSpec } from "../stores/aws-secrets-manager.ts";
import type { Identity, IdentityArgs } from "./contract.ts";

/** No identity yet. */
export function awsIdentity(
  name: string,
  { store }: IdentityArgs<AwsParameterStoreSpec | AwsSecretsManagerSpec>,
): Identity {
  throw new ExpectedError(`${name}: store ${store.name} has no identity yet`);
}
