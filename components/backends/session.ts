import type { CustomResourceOptions, Output } from "@pulumi/pulumi";
import type { StoreBase, StoredObject } from "./contract.ts";
import type { Told } from "./examiner.ts";
import type { RoleInspection } from "./issued.ts";
import type { Labels, ReadLabels } from "./labels.ts";
import type { Inspection } from "./references.ts";
import type { RemoteObject } from "./remote-object.ts";
import type { FoundObject, OwnedObject, Survey, Surveyed } from "./survey.ts";

/**
 * An open remote store, made once per store and run: its provider is registered, and nothing else. What it answers
 * changes nothing in it, so that it may be asked in any order.
 *
 * The order of a run is in the types: `surveyStore` gives a survey, `prepare` needs one, and only what `prepare` gives
 * can write.
 */
export interface StoreSession extends Surveyed {
  /** The command that restores a value which was changed outside this program; exact if the state knows the version. */
  restoreCommand(remoteName: string, owned?: OwnedObject): string;
  /**
   * What the store holds under a name, as it was written; `undefined` when there is nothing. Marked secret. Missing where
   * the right to read is made by `prepare`.
   */
  readonly read?: ReadObject;
  /**
   * What of an object that somebody else writes is missing, as far as the store tells without handing a value on. The
   * object is there.
   */
  inspect(object: RemoteObject): Promise<Inspection>;
  /** Labels of an object that exists: by them a run knows what another stack writes. No value is read. */
  labelsOf(remoteName: string, found: FoundObject): Promise<Told<Labels>>;
  /** How the store spells the text of a label (`PutArgs.owner`). Pure. Default: as it is. */
  spelledLabel?(text: string): string;
  /** What the store says of the role that issues an object. Missing where stores issue nothing. */
  inspectRole?(object: RemoteObject): Promise<RoleInspection>;
  /**
   * Registers what the store itself needs, such as a vault, and nothing else. Called once in a run, as soon as nothing was
   * refused; in a run that writes nothing too, which would delete it otherwise.
   */
  prepare(survey: Survey): PreparedStore;
}

type ReadObject = (remoteName: string) => Output<string | undefined>;

/** A store that has all that it needs to be written and read. */
export interface PreparedStore {
  /**
   * Options of resources that live beside the secrets, such as policies: the store's provider, and what must exist before
   * anybody gets a right to read.
   */
  readonly options: CustomResourceOptions;
  /** The survey: `put` adopts objects that exist and are not in the state. */
  readonly survey: Survey;
  /** As `StoreSession.read`, in every store. */
  readonly read: ReadObject;
  /** Writes one object. */
  put(name: string, args: PutArgs): StoredObject;
  /**
   * An object that exists and is never written here. `digestKey` makes the secret's key (`values/digest-key.ts`), for a
   * store that tells no version: a number of the value stands for it then.
   */
  reference(name: string, object: RemoteObject, digestKey: () => Output<string>): StoredObject;
  /** Credentials that the store issues. Missing where stores issue none. */
  issue?(object: RemoteObject): StoredObject;
  /** A replica that the store itself makes of what is written in this run. Missing where stores have none. */
  replica?(object: RemoteObject, primary: StoredObject): StoredObject;
}

export interface PutArgs {
  readonly object: RemoteObject;
  /** What to write: JSON of all keys, or the value itself where the object is one key. Marked secret. */
  readonly payload: Output<string>;
  /** Shown to operators in the store, where it has a place for such labels: which program and stack own the secret. */
  readonly owner: Readonly<Record<string, string>>;
  /** Date by which the value is due for rotation (`YYYY-MM-DD`). */
  readonly rotateBy?: string;
  /** Whether the remote object outlives `destroy`. */
  readonly retain: boolean;
  /** HMAC key for detecting changes to values that the state must not hold; set for write-only stores. */
  readonly digestKey?: Output<string>;
  readonly options: CustomResourceOptions;
}

export interface OpenArgs<S extends StoreBase> {
  readonly spec: S;
  /** A secret configuration value, if set: the store's credentials. */
  readonly secretConfig: (key: string) => Output<string> | undefined;
  readonly options: CustomResourceOptions;
  /** Reads labels where Pulumi's provider can't (`Backend.loadLabels`). Default: those are not told. */
  readonly readLabels?: ReadLabels;
}

/** The part of a backend that needs its provider's SDK: loaded only if a configured store needs it. */
export interface StoreBackend<S extends StoreBase> {
  open(args: OpenArgs<S>): StoreSession | Promise<StoreSession>;
}
