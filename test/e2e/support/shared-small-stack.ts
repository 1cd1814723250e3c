import { destroyMain } from "./main-stack.ts";
import { smallStack } from "./small-stack.ts";
import { succeed, type StackOptions } from "./stacks.ts";

/** A small stack that several tests of faults share: deploying one takes seconds. */
export const shared: StackOptions & { readonly stack: string } = smallStack("shared", ["shared"]);

let deployed = false;

export async function deployShared(): Promise<void> {
  if (deployed) return;
  await destroyMain();
  await succeed("up", shared);
  deployed = true;
}

/** Destroys it, unless it is not there: only one stack at a time can own the operator. */
export async function destroyShared(): Promise<void> {
  if (!deployed) return;
  await succeed("destroy", shared);
  deployed = false;
}
