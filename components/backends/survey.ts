import { output, type Output } from "@pulumi/pulumi";
import type { IssuingRole } from "./issued.ts";
import type { Labels } from "./labels.ts";
import type { StateNames, StateResource, StoredObject } from "./contract.ts";

/** An object of this stack, according to its state. */
export interface OwnedObject {
  /** Name of the resource that it is in the state. */
  readonly resource: string;
  /** Names that the state has for the object and its newest version. None is secret. */
  readonly names: StateNames;
  /** Outputs of the resource that holds the value; none where an interrupted run made the object and no value yet. */
  readonly written?: StateResource["outputs"];
}

/** What a store said of an object when it listed names. */
export interface FoundObject {
  /** The store's own id of it, where the name does not give it: an ARN that ends at random. */
  readonly id?: string;
  /** Its location for messages, where a store may have objects in several locations. */
  readonly locations?: string;
  /** Its labels, where the list has them. */
  readonly labels?: Labels;
}

/** What is known of a store's objects before anything is registered: plain data, which no later step changes. */
export interface Survey {
  /** Objects in the state, by remote name. */
  readonly owned: ReadonlyMap<string, OwnedObject>;
  /** Objects that exist and are not in the state, by remote name. */
  readonly untracked: ReadonlyMap<string, FoundObject>;
  /** Roles that issue credentials, by remote name. Default: none does. */
  readonly roles?: ReadonlyMap<string, IssuingRole>;
}

/** Queries to a store before anything is registered. */
export interface Surveyed {
  /** Objects of the store in this state, by remote name. Pure. */
  owned(state: readonly StateResource[]): ReadonlyMap<string, OwnedObject>;
  /** Which of these remote names exist in the store. Asks for names only, never for values. */
  existing(remoteNames: readonly string[]): Promise<ReadonlyMap<string, FoundObject>>;
  /**
   * Whether a new value is a version of an object that must be there, so that one which was deleted takes none. Default: writing the
   * value makes the object.
   */
  readonly needsObject?: true;
}

/** Surveys a store: it is queried only for names that are not in the state. */
export async function surveyStore(
  store: Surveyed,
  state: readonly StateResource[],
  remoteNames: readonly string[],
): Promise<Survey> {
  const owned = store.owned(state);
  const unknown = remoteNames.filter((name) => !owned.has(name));
  return { owned, untracked: unknown.length === 0 ? new Map() : await store.existing(unknown) };
}

/** Objects of which a store said no more than their names. */
export function foundNames(names: Iterable<string>): ReadonlyMap<string, FoundObject> {
  return new Map([...names].map((name) => [name, {}]));
}

/** Those of the names that a store listed, which may list others too. */
export function presentAmong(
  names: readonly string[],
  listed: ReadonlyMap<string, FoundObject>,
): ReadonlyMap<string, FoundObject> {
  return new Map(
    names.flatMap((name) => {
      const found = listed.get(name);
      return found === undefined ? [] : [[name, found] as const];
    }),
  );
}

/** Whether the store has another object of this name than the state, by an id that the store makes anew with each. Pure. */
export function isAnother({ id }: FoundObject, known: OwnedObject | undefined): boolean {
  const { arn } = known?.names ?? {};
  return id !== undefined && arn !== undefined && id !== arn;
}

/** How a stored object tells whether it holds what was written last: not at all where the state does not know it. */
export function intactness(
  known: OwnedObject | undefined,
  compare: (written: StateResource["outputs"]) => Output<boolean>,
): Pick<StoredObject, "intact"> {
  if (known === undefined) return {};
  const { written } = known;
  // Where an interrupted run made the object and no value yet, there is nothing that could have changed.
  return { intact: () => (written === undefined ? output(true) : compare(written)) };
}
