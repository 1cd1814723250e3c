import assert from "node:assert/strict";
import { smallApplication, smallStack } from "./small-stack.ts";
import { succeed, type StackOptions } from "./stacks.ts";
import { makeRoom, standUntilRoomIsNeeded } from "./standing-stack.ts";

/** A small stack that owns the operator. The stacks of tenants.ts use that operator, and are quick to deploy. */
export const shared: StackOptions & { readonly stack: string } = smallStack("shared", ["shared"]);

let deployed = false;

/** Deploys it, unless it stands. */
export async function deployShared(): Promise<void> {
  if (deployed) return;
  await makeRoom();
  await succeed("up", shared);
  deployed = true;
  standUntilRoomIsNeeded(destroyShared);
}

async function destroyShared(): Promise<void> {
  await succeed("destroy", shared);
  deployed = false;
}

/** The stack with one more Secret in its namespace. */
export function sharedWithAnother(name: string): StackOptions {
  const { secrets, deliveries } = smallApplication("shared");
  const first = secrets["secret-0"];
  assert.ok(first !== undefined);
  const application = {
    secrets: { ...secrets, [name]: first },
    deliveries: [...deliveries, { namespace: "shared", secretName: name, from: [name] }],
  };
  return { ...shared, catalogue: { shared: application } };
}
