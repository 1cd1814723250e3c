import type { MockResourceResult } from "@pulumi/pulumi/runtime/mocks.js";
import type { Answer, Inputs, World as AnsweredWorld } from "../../../preview/answers/contract.ts";
import type { FakeVault } from "../fake-vault.ts";
import type { RemoteMemory } from "../remote-memory.ts";

/** State of a stack as `readStackResourceOutputs` answers it: in clear. */
export type StackState = Readonly<Record<string, { readonly type: string; readonly outputs?: object }>>;

/** What is outside of the program. Functions answer from the base alone, as in a preview (`preview/answers/`). */
export interface World extends AnsweredWorld {
  readonly vault: FakeVault;
  readonly memory: RemoteMemory;
  readonly state: StackState;
  readonly preview: boolean;
}

export type { Inputs };

/** What a resource type answers when one is registered. */
export type Make = (args: {
  readonly name: string;
  readonly inputs: Inputs;
  readonly world: World;
}) => MockResourceResult;

/** The resource types that the mocks know of one provider, by token. Whatever is not in here is an error, never an echo. */
export type FakeResources = Readonly<Record<string, Make>>;

/** A function that tests answer otherwise than a preview does, by its token; `asInPreview` gives that answer. */
export type Overrides = Readonly<
  Record<string, (inputs: Inputs, world: World, asInPreview: () => ReturnType<Answer>) => ReturnType<Answer>>
>;

/** Answers what it was given, with an id. */
export const echo: Make = ({ name, inputs }) => ({ id: `${name}-id`, state: { ...inputs } });

/** A value that may stand in the engine's marker for secrets. */
export function clear(value: unknown): string {
  return typeof value === "string" ? value : (value as { readonly value: string }).value;
}

/** Names of the three inputs by which a resource takes a value: in one that is kept, or in one that is not, with a number. */
export interface ValueInputs {
  readonly type: string;
  readonly plain: string;
  readonly writeOnly: string;
  readonly number: string;
}

/**
 * The value that a provider writes; nothing where it is write-only and its number is the one that the state has: such a
 * value is never compared.
 */
export function valueToWrite(
  { type, plain, writeOnly, number }: ValueInputs,
  { name, inputs, world }: Parameters<Make>[0],
): string | undefined {
  if (inputs[plain] !== undefined) return clear(inputs[plain]);
  const known = Object.entries(world.state).find(([urn, each]) => each.type === type && urn.endsWith(`::${name}`));
  const before = (known?.[1].outputs ?? {}) as Inputs;
  return before[number] === plainNumber(inputs[number]) ? undefined : clear(inputs[writeOnly]);
}

/** What a provider keeps of its inputs: all but the value that is write-only. */
export function kept({ writeOnly, number }: ValueInputs, inputs: Inputs): Inputs {
  const rest = Object.fromEntries(Object.entries(inputs).filter(([key]) => key !== writeOnly));
  return inputs[number] === undefined ? rest : { ...rest, [number]: plainNumber(inputs[number]) };
}

function plainNumber(value: unknown): unknown {
  return typeof value === "object" && value !== null && "value" in value ? value.value : value;
}
