import { deployStack } from "./stacks/index.ts";

/** Entry point of `pulumi up`: Pulumi calls it and keeps what it returns as the stack's outputs. */
export default () => deployStack({ now: new Date() });
