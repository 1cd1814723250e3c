import type { Explanation } from "../support/messages/explanation.ts";
import type { StoreBase } from "./contract.ts";
import type { IdentityScope } from "./identity.ts";
import type { ChainLink } from "./known-error.ts";
import type { RemoteObject } from "./remote-object.ts";

/** What one question to a store brought to light. */
export interface StoreExamination {
  readonly findings?: readonly (Explanation & { readonly link: ChainLink })[];
  /** What is as it should be. */
  readonly seen?: readonly { readonly link: ChainLink; readonly text: string }[];
  /** What the store did not answer, and why. */
  readonly unanswered?: readonly { readonly link: ChainLink; readonly subject: string; readonly reason: string }[];
}

/** Asks a store itself, without changing anything and without reading a value. */
export interface StoreExaminer {
  /** Whether it works at all. */
  store(): Promise<StoreExamination>;
  /** Whether a reader can log in, and may read these objects. */
  reader(scope: IdentityScope, objects: readonly RemoteObject[]): Promise<StoreExamination>;
  /** Whether an object is there with these keys. */
  object(object: RemoteObject, keys: readonly string[]): Promise<StoreExamination>;
}

/** Why a store can't be asked from here. */
export interface NotAsked {
  readonly reason: string;
}

/** Opens a store to ask it, with credentials that the environment variables of whoever asks hold. */
export type OpenExaminer<S extends StoreBase> = (
  spec: S,
  variable: (name: string) => string | undefined,
) => Promise<StoreExaminer | NotAsked>;
