import { Resource } from "@pulumi/pulumi";

/**
 * Registers resources without their place in the program. The SDK sends the whole call stack of each (`Resource.stackTrace`,
 * `sdk/nodejs/resource.ts`), and the engine keeps it: a quarter of the state, which file backends write anew at each step.
 * It names folders of the machine that deploys, so that a run from another one, or of a newer version, rewrites
 * the state of every resource although nothing changed.
 */
export function omitSourcePositions(): void {
  Object.assign(Resource, { stackTrace: () => [] });
}
