import type { Output } from "@pulumi/pulumi";

/**
 * The value of an Output that waits for no resource: of a function, the configuration or the state. It is no longer marked
 * secret then: for decisions before the first write, which answer with names and with Outputs that are.
 */
export function settled<T>(output: Output<T>): Promise<T> {
  // Missing from the SDK's types. Unlike `apply` it hands errors on, and can be waited for.
  // eslint-disable-next-line no-restricted-syntax -- what comes of it is marked again by `secret`
  return (output as unknown as { readonly promise: () => Promise<T> }).promise();
}
