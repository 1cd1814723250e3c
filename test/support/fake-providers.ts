import type {
  MockCallArgs,
  MockCallResult,
  MockResourceArgs,
  MockResourceResult,
} from "@pulumi/pulumi/runtime/mocks.js";
import { aws } from "./providers/aws.ts";
import { azure } from "./providers/azure.ts";
import type { FakeProvider, Inputs, World } from "./providers/contract.ts";
import { gcp } from "./providers/gcp.ts";
import { kubernetes } from "./providers/kubernetes.ts";
import { pulumi } from "./providers/pulumi.ts";
import { vault } from "./providers/vault.ts";

export type { StackState, World } from "./providers/contract.ts";

const all: readonly FakeProvider[] = [pulumi, kubernetes, vault, aws, azure, gcp];
const resources = new Map(all.flatMap((each) => Object.entries(each.resources)));
const functions = new Map(all.flatMap((each) => Object.entries(each.functions)));

/** What a resource answers; a type without a row is an error, never an echo. */
export function newResource({ type, name, inputs }: MockResourceArgs, world: World): MockResourceResult {
  const make = resources.get(type);
  if (make === undefined) throw new Error(`the mocks know no resource type ${type}`);
  return make({ name, inputs: inputs as Inputs, world });
}

/** What a function answers; a function without a row is an error. */
export function call({ token, inputs }: MockCallArgs, world: World): MockCallResult {
  const answer = functions.get(token);
  if (answer === undefined) throw new Error(`the mocks know no function ${token}`);
  return answer(inputs as Inputs, world);
}
