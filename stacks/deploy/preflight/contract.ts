import type { RemoteObject } from "../../../components/backends/remote-object.ts";
import type { StoreSession } from "../../../components/backends/session.ts";
import type { Surveyed } from "../../../components/backends/survey.ts";
import type { SecretSpec } from "../../../components/values/secret-spec.ts";

/** One store with the secrets that go to it. */
export interface PreflightStore {
  readonly name: string;
  /**
   * Without `inspect`, no more is asked of an object that somebody else writes; without `labelsOf`, not whose an object is.
   */
  readonly session: Surveyed & Partial<Pick<StoreSession, "inspect" | "labelsOf" | "spelledLabel">>;
  /** The same for all names that it takes for one. Default: the name itself. */
  readonly canonicalName?: (name: string) => string;
  readonly objects: readonly PreflightObject[];
}

export interface PreflightObject {
  readonly spec: SecretSpec;
  readonly remoteName: string;
  /** Entry of the store's `remoteNames` that the name is from. Default: none. */
  readonly namedBy?: string;
  /** Whether the name is made by the store's `nameScheme`. Default: no. */
  readonly byScheme?: true;
  /** Path of the fact that says that somebody else writes it in this store. Default: it is written here. */
  readonly referencedBy?: string;
  /** Whether the store itself brings it there from what is written in this run. Default: no. */
  readonly isReplica?: true;
  /** The object itself, where it is somebody else's. */
  readonly object?: RemoteObject;
  /** Name of the resource that it is to be. */
  readonly resource: string;
}
