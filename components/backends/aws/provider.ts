import type { CustomResourceOptions, Output } from "@pulumi/pulumi";
import { Provider } from "@pulumi/aws/provider.js";
import { ExpectedError, messageOf, StoreError } from "../../support/messages/errors.ts";
import { onlyInputs } from "../../support/provider-inputs.ts";
import { endpointInputs } from "./endpoints.ts";
import type { AwsAccount } from "./account.ts";
import type { PutArgs } from "../session.ts";

/** What the sessions of both stores on AWS share. */

/**
 * The provider of a store. It refuses the credentials of any other account before its first call, and adds no tags of
 * its own: those would be invisible in the program. Credentials come from the environment, as everywhere with AWS.
 */
export function awsProvider(spec: AwsAccount & { readonly name: string }, options: CustomResourceOptions): Provider {
  const { name, region, accountId } = spec;
  // The last two as Pulumi's SDK has them by default.
  const args = {
    ...endpointInputs(spec),
    region,
    allowedAccountIds: [accountId],
    skipCredentialsValidation: false,
    skipRegionValidation: true,
  };
  return new Provider(name, args, onlyInputs(args, options));
}

/** Tags of a stored object: those of the store, and its owner. */
export function objectTags(
  { tags }: AwsAccount,
  { owner, rotateBy }: Pick<PutArgs, "owner" | "rotateBy">,
): Record<string, string> {
  return { ...tags, ...owner, ...(rotateBy === undefined ? {} : { "rotate-by": rotateBy }) };
}

/** A store that can't be queried. */
export function refused(
  { name, accountId, region, kind }: AwsAccount & { readonly name: string; readonly kind: string },
  doing: string,
  error: unknown,
): StoreError {
  return new StoreError(
    `stores.${name}`,
    `${doing} in account ${accountId}, region ${region} failed: ${messageOf(error)}`,
    `check which identity these credentials have (aws sts get-caller-identity) and its permissions: docs/stores/${kind}.md#what-the-deployer-needs`,
  );
}

/** Whether an error means "not found", from Pulumi's provider for AWS or from the API itself. */
export function isNotFound(error: unknown): boolean {
  return /couldn't find resource|ParameterNotFound|ResourceNotFoundException|marked for deletion/.test(
    messageOf(error),
  );
}

/**
 * A value, once it is known to fit. The length of a provided one is known here and no sooner; AWS would refuse it in the
 * middle of an update.
 *
 * @param most bytes.
 * @param refusal The message for a value with this many bytes.
 */
export function fitting(value: Output<string>, most: number, refusal: (bytes: number) => string): Output<string> {
  return value.apply((text) => {
    const bytes = Buffer.byteLength(text);
    if (bytes > most) throw new ExpectedError(refusal(bytes));
    return text;
  });
}
