import type { Output, Resource } from "@pulumi/pulumi";
import type { RemoteObject } from "../backends/remote-object.ts";
import type { PreparedStore } from "../backends/session.ts";
import type { AccountSpec, RetireAtTarget, TellTarget } from "../targets/kinds.ts";
import type { ProbeUse } from "../targets/probes/spec.ts";
import type { UnderWay } from "../targets/under-way.ts";
import type { Entropy } from "../values/entropy.ts";
import type { Ways } from "../values/rotations.ts";
import type { SecretSpec } from "../values/secret-spec.ts";
import type { FactValues, SecretValues } from "../values/values.ts";
import type { Adoption } from "./adoption.ts";
import type { VerifiedPlace, VerifyTools } from "./prove.ts";

/** A store that the application's secrets are written to. */
export interface Destination {
  readonly name: string;
  /** Absent when the store is the namespace itself. */
  readonly store: PreparedStore | undefined;
  /** Remote objects of each secret. */
  readonly objects: (spec: SecretSpec) => readonly RemoteObject[];
  /** Whether the state must not hold what is written there. Default: no. */
  readonly writeOnly?: boolean;
  /** Whether somebody else writes it there: it is read, and never written. Default: where nothing of it is made here. */
  readonly referenced?: boolean;
  /** The destination that brings it there by itself, where it is a replica. */
  readonly replicaOf?: string;
  /** Whether a namespace gets values sealed. Default: no. */
  readonly sealed?: boolean;
}

/** Servers with accounts whose logins are secrets. They hear of a new value before any store. */
export interface Targets {
  readonly accountsOf: (spec: SecretSpec) => readonly AccountSpec[];
  /** Password of the administrator of an account's target; empty where its kind has none. */
  readonly administrator: (account: AccountSpec) => Output<string>;
  /** Receives the values of each secret, known once its targets know them. Default: nobody waits for them. */
  readonly made?: (spec: SecretSpec, values: SecretValues) => void;
  readonly tell: TellTarget;
  /** How a rotation of a secret can end otherwise. Default: in no way. */
  readonly waysOf?: (spec: SecretSpec) => Ways;
  /** Rotation of a secret that was rolled back, where what it went back to is verified. Default: none was. */
  readonly rolledBackOf?: (spec: SecretSpec) => string | undefined;
  /** Secrets of this run that a target's failure does not stop on their way. Default: none. */
  readonly underWay?: UnderWay;
  /** Makes a verified password the only one. Default: the one before stays valid until the next rotation. */
  readonly retire?: RetireAtTarget;
  /** What a secret is tried with besides, once it is delivered. Default: nothing. */
  readonly probesOf?: (spec: SecretSpec) => readonly ProbeUse[];
  /** Values of a key that the state keeps from other epochs. Default: none. */
  readonly inUse?: (spec: SecretSpec, key: string) => readonly Output<string>[];
}

export interface ApplicationSecretsArgs {
  readonly specs: readonly SecretSpec[];
  /** Stores of each secret, by `<app>/<secret>`. */
  readonly destinations: (spec: SecretSpec) => readonly Destination[];
  readonly entropy: Entropy;
  readonly provided: (config: string) => Output<string>;
  /** Value of a key of a secret in the epoch before, as far as the state has one. Default: it has none. */
  readonly previous?: (spec: SecretSpec, key: string) => Output<string> | undefined;
  readonly targets: Targets;
  /** Values of the facts that templates still name. Default: they name none. */
  readonly facts?: FactValues;
  readonly owner: Readonly<Record<string, string>>;
  readonly retain: boolean;
  /** Decisions about adopted secrets, by `<app>/<secret>`. */
  readonly adoptions: ReadonlyMap<string, Adoption>;
}

/** What a secret is verified with, besides what is known of it where it is made. */
export interface VerifySecretArgs {
  /** The Secrets that have its values once they are delivered. */
  readonly places: readonly VerifiedPlace[];
  /** What delivers it, and what restarts its workloads. */
  readonly after: readonly Resource[];
  readonly tools: VerifyTools;
}
