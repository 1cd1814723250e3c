import type {
  MockCallArgs,
  MockCallResult,
  MockResourceArgs,
  MockResourceResult,
} from "@pulumi/pulumi/runtime/mocks.js";
import { answers } from "../../preview/answers/index.ts";
import { aws, awsOverrides } from "./providers/aws.ts";
import { azure, azureOverrides } from "./providers/azure.ts";
import type { Inputs, Overrides, World } from "./providers/contract.ts";
import { gcp } from "./providers/gcp.ts";
import { kubernetes } from "./providers/kubernetes.ts";
import { pulumi } from "./providers/pulumi.ts";
import { vault } from "./providers/vault.ts";

export type { Overrides, StackState, World } from "./providers/contract.ts";

const resources = { ...pulumi, ...kubernetes, ...vault, ...aws, ...azure, ...gcp };
const allOverrides: Overrides = { ...awsOverrides, ...azureOverrides };

/** What a resource answers; a type without a row is an error, never an echo. */
export function newResource({ type, name, inputs }: MockResourceArgs, world: World): MockResourceResult {
  const make = resources[type];
  if (make === undefined) throw new Error(`the mocks know no resource type ${type}`);
  return make({ name, inputs: inputs as Inputs, world });
}

/** What a function answers: as in a preview, unless tests have it otherwise. A function without a row is an error. */
export function call({ token, inputs }: MockCallArgs, world: World, overrides: Overrides = {}): MockCallResult {
  const answer = answers[token];
  if (answer === undefined) throw new Error(`the mocks know no function ${token}`);
  const asInPreview = () => answer(inputs as Inputs, world);
  const override = overrides[token] ?? allOverrides[token];
  return override === undefined ? asInPreview() : override(inputs as Inputs, world, asInPreview);
}
