import { Resource } from "@pulumi/pulumi";

/**
 * Registers resources without their place in the program. The SDK sends the whole call stack of each (`Resource.stackTrace`,
 * `sdk/nodejs/resource.ts`), and the engine keeps it: a quarter of the state, which file backends write anew at each step,
 * and which then names folders of the machine that deploys.
 */
export function omitSourcePositions(): void {
  Object.assign(Resource, { stackTrace: () => [] });
}
