import { smallStack } from "./small-stack.ts";
import type { StackOptions } from "./stacks.ts";

/** A small stack that uses the operator of the shared stack, which has to stand. */
export function tenantStack(stack: string, applications: readonly string[]): StackOptions & { readonly stack: string } {
  const small = smallStack(stack, applications);
  return {
    ...small,
    facts: { ...small.facts, clusters: { local: { externalSecrets: { install: false } } } },
  };
}
