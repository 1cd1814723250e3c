import type { z } from "zod";
import type { ClusterSpec } from "../clusters/contract.ts";
import type { Provider } from "../external-secrets/admission/fields.ts";
import type { StoreBase, StoreRules } from "./contract.ts";
import type { OpenExaminer } from "./examiner.ts";
import type { StoreBackend } from "./session.ts";
import type { CsiAccess, Mounted, ProviderParameters } from "../secrets-store-csi/contract.ts";
import type { LoginPlace, StoreProvider } from "../external-secrets/manifests.ts";
import type { CloudIdentities, IdentityScope, Login } from "./identity.ts";
import type { IssuedObject, IssuingGeneratorKind } from "./issued.ts";
import type { KnownError } from "./known-error.ts";
import type { OpenLabels } from "./labels.ts";
import type { OpenOldVersions } from "./old-versions.ts";
import type { ReferenceRules } from "./references.ts";
import type { Layout } from "./remote-object.ts";
import type { SizeClass, Tariff } from "./tariff.ts";

/**
 * All that differs between kinds of store: one object per kind, in the folder of its cloud, and its row in `index.ts`.
 * Nothing here loads a cloud's SDK before `loadSession` or a member of `identity` that says so. All functions are pure
 * but for those.
 */
export interface Backend<S extends StoreBase> extends StoreRules<S>, StoreLoad<S> {
  readonly kind: S["kind"];
  /** Schema of its facts, without those that every store has. */
  readonly facts: StoreFactsSchema<S["kind"]>;
  /** The spec of a store, from facts of that schema and what the environment's policy chooses. */
  spec(name: string, facts: object, choices: StoreChoices): S;

  /** Identifies a store among those of its kind: two with the same place would write the same objects. */
  place(spec: S): readonly string[];
  /** Its facts that are given cluster by cluster, by their path. */
  factsByCluster(spec: S): Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** Missing facts, if the policy requires customer-managed keys. */
  missingCustomerKeys(spec: S): readonly MissingFact[];
  /** Missing facts, if the policy requires audit logs of what this program creates. */
  missingAuditLogs(spec: S): readonly MissingFact[];
  /** Clusters at which the store verifies service account tokens with a reviewer token from the configuration. */
  reviewedClusters(spec: S): readonly string[];
  /** TCP ports at which a cluster's operator reaches the store. */
  ports(spec: S): readonly number[];
  /** What of the store itself is made here and outlives `destroy`. */
  leftByDestroy(spec: S): { readonly store: boolean; readonly auditLog: boolean };

  /** The same for all names that the store, or a right to read in it, takes for one: in lower case where it ignores case. */
  canonicalName(name: string): string;
  /** Configuration keys with secret values for it, in addition to static credentials. */
  readonly secretKeys: readonly string[];
  /** What the operator calls its provider for such stores. */
  readonly operatorProvider: Provider;
  /**
   * The number by which the operator's provider repeats a request so often: some count the first one. Absent where the
   * provider reads no retry settings.
   */
  readonly retryNumber?: (maxRetries: number) => number;
  /**
   * Variables of the operator's process by which it finds the store's cloud, by name; empty where one is to be unset. They
   * hold for all stores that the operator reads. Default: none.
   */
  operatorVariables?(spec: S): Readonly<Record<string, string>>;
  /** How long a new permission may take to take effect, in seconds. */
  readonly newRightsSeconds: number;
  /** What the store keeps of a value once it has another one. */
  previousVersions(spec: S, choices: Pick<StoreChoices, "retain">): PreviousVersions;
  /** Known errors of the operator when access is refused, most specific first. */
  readonly knownErrors: readonly KnownError[];
  /**
   * Whether it tells no version of an object that somebody else writes: a number of the value stands for it then, made
   * with a key of the secret's own (`values/digest-key.ts`).
   */
  readonly numbersReferences: boolean;
  /**
   * The store as stacks see it that write to it beside the one that makes what all of them use: mount, vault, auth methods,
   * pools, audit logs. Names stay as they are.
   */
  madeElsewhere(spec: S): S;
  /** Facts of it, by their path, whose resources are made with the first reader of a run, and by no stack alone. */
  madeWithReaders?(spec: S): readonly string[];

  /** Whether a cluster can generate secrets into it: only where a right can name what is not there yet. */
  readonly takesGenerated: boolean;

  /** What can be said of objects that somebody else writes. */
  readonly references: ReferenceRules;

  /**
   * The operator's generator for credentials that the store issues to a namespace, with every field that the API server
   * would default. Absent where stores issue none.
   */
  readonly generator?: (spec: S, scope: IdentityScope, issued: IssuedObject) => GeneratorSpec;

  /** Whether what is written to one store gets into another by itself, under the same name. Default: it never does. */
  replicates?(from: S, to: S): boolean;

  /** How many resources are registered for such a store. */
  readonly resources: StoreResources<S>;
  readonly identity: BackendIdentities<S>;
  /** How Pods mount its objects through the Secrets Store CSI driver. The logins are those that the backend makes. */
  readonly csi: BackendCsi<S>;
  /** Loads what asks a store itself, for the doctor. */
  loadExaminer(): Promise<{ readonly open: OpenExaminer<S> }>;
  /** Loads what makes its old versions unreadable, after a leak. */
  loadOldVersions(): Promise<{ readonly open: OpenOldVersions<S> }>;
  /** Loads what reads labels of its objects, where Pulumi's provider can't. */
  loadLabels?(): Promise<{ readonly openLabels: OpenLabels<S> }>;
  /** Loads its provider's SDK and what opens a store. */
  loadSession(): Promise<{ readonly backend: StoreBackend<S> }>;
}

/** A generator of the operator, without a name. */
export interface GeneratorSpec {
  readonly kind: IssuingGeneratorKind;
  readonly spec: Readonly<Record<string, unknown>>;
}

/** What a store keeps of the value before a rotation. */
export interface PreviousVersions {
  /** What it keeps, as the end of a sentence (`<store> keeps …`): `it as AWSPREVIOUS until the next rotation`. */
  readonly kept: string;
  /**
   * What makes the versions before the newest one of an object unreadable, as people type it. No value is printed by it.
   * Absent where nothing is readable any more.
   */
  readonly disable?: (object: string) => string;
}

/** Facts of a kind; `staticCredentials`, which every kind has, comes on top. */
export type StoreFactsSchema<K extends string> = z.ZodObject<{ readonly kind: z.ZodLiteral<K> }>;

/** What an environment's policy chooses for its stores. */
export interface StoreChoices {
  /** Whether what is made here outlives `destroy`. */
  readonly retain: boolean;
  /** Days in which what was deleted can be brought back: 0 (at once, where the store can) or more. */
  readonly recoveryDays: number;
  /** Whether nobody may purge what was deleted before that, where the store has such a switch. */
  readonly purgeProtection: boolean;
}

/** Numbers of resources, which decide how long each step of a run takes. */
export interface StoreResources<S> {
  /** Of the store itself, beside its provider. */
  store(spec: S): number;
  /** Of each object that is written here. */
  readonly perObject: number;
  /** Of the identity of one reader that may read so many objects. Its account in the cluster is not among them. */
  reader(spec: S, read: { readonly objects: number; readonly cluster: ClusterSpec }): number;
}

/** A missing fact that the policy requires. */
export interface MissingFact {
  /** Its path within the store's facts. */
  readonly fact: string;
  /** What the policy requires, for the message. */
  readonly wanted: string;
  readonly fix?: string;
}

/** What a store costs, and how many calls it gets. */
export interface StoreLoad<S extends StoreBase> {
  readonly tariff: Tariff;
  /** What the operator asks for at a refresh where it does not want a whole bundle: each object once, or each key. */
  readonly readsPer: "object" | "key";
  traits(spec: S): StoreTraits;
}

/** What cost and load of one store follow from. */
export interface StoreTraits {
  readonly layout: Layout;
  /** Places that hold a copy: 1, and one more for each replica. */
  readonly locations: number;
  /** Whether a key of the customer's encrypts the values. */
  readonly customerKey: boolean;
  /** What its objects are charged as. */
  readonly size: SizeClass;
}

/** How Pods mount objects of a kind of store. The logins that a backend renders are those that it makes. */
export type BackendCsi<S extends StoreBase> = Omit<CsiAccess<S, Login>, "parameters"> & {
  parameters(store: S, login: never, mounted: Mounted): ProviderParameters;
};

/** How namespaces get the right to read a kind of store. The logins that a backend renders are those that it makes. */
export type BackendIdentities<S extends StoreBase> = Omit<CloudIdentities<S, Login>, "storeProvider"> & {
  storeProvider(store: S, login: never, place?: LoginPlace): StoreProvider;
};
