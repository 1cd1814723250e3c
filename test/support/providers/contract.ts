import type { MockCallResult, MockResourceResult } from "@pulumi/pulumi/runtime/mocks.js";
import type { FakeVault } from "../fake-vault.ts";
import type { RemoteMemory } from "../remote-memory.ts";

/** State of a stack as `readStackResourceOutputs` answers it: in clear. */
export type StackState = Readonly<Record<string, { readonly type: string; readonly outputs?: object }>>;

/** What is outside of the program. */
export interface World {
  readonly vault: FakeVault;
  readonly memory: RemoteMemory;
  readonly state: StackState;
  readonly preview: boolean;
}

export type Inputs = Readonly<Record<string, unknown>>;

/** What a resource type answers when one is registered. */
export type Make = (args: {
  readonly name: string;
  readonly inputs: Inputs;
  readonly world: World;
}) => MockResourceResult;

/** What a function answers. */
export type Answer = (inputs: Inputs, world: World) => MockCallResult;

/** What the mocks know of one provider. Whatever is not in here is an error, never an echo. */
export interface FakeProvider {
  readonly resources: Readonly<Record<string, Make>>;
  readonly functions: Readonly<Record<string, Answer>>;
}

/** Answers what it was given, with an id. */
export const echo: Make = ({ name, inputs }) => ({ id: `${name}-id`, state: { ...inputs } });

/** A value that may stand in the engine's marker for secrets. */
export function clear(value: unknown): string {
  return typeof value === "string" ? value : (value as { readonly value: string }).value;
}
