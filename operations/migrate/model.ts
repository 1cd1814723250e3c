import type { Issue } from "../../components/support/messages/errors.ts";
import type { SecretValue } from "./secret-value.ts";

/** What can be migrated from. */
export const sourceKinds = [
  "env-file",
  "helm-values",
  "kustomization",
  "secret",
  "sealed-secret",
  "external-secret",
  "secret-provider-class",
  "live-secret",
  "store-listing",
] as const;
export type SourceKind = (typeof sourceKinds)[number];

/** Where something was found. */
export interface Place {
  /** File, or `live:<namespace>` for a cluster. */
  readonly file: string;
  /** From 1. Absent where the source has no lines. */
  readonly line?: number;
  readonly column?: number;
}

/** An object of a store that holds a value. */
export interface RemoteObject {
  /** The object that describes the store, as `FoundStore.id`. */
  readonly store: string;
  /** Exact name of the object in the store. */
  readonly name: string;
  /** Property of the JSON object, or key of the Vault secret, that is the value. Absent: the whole object is. */
  readonly property?: string;
}

export interface FoundKey {
  /** Name of the key in the Kubernetes Secret, or of the variable. */
  readonly name: string;
  /** Absent where the source has none: a template, a sealed value, a value in a store. */
  readonly value?: SecretValue;
  /** Absent unless a store holds the value. */
  readonly remote?: RemoteObject;
  readonly at: Place;
  /** What whoever reads the plan must know of the key. */
  readonly notes: readonly string[];
}

/** The Kubernetes Secret that applications read. */
export interface TargetSecret {
  /** Absent where the source does not say it. */
  readonly namespace?: string;
  readonly name: string;
  /** Absent: `Opaque`. */
  readonly type?: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Whether the source shows that a cluster holds it, or is about to. */
  readonly isApplied: boolean;
}

/** A secret as a source has it, whatever the source is. */
export interface FoundSecret {
  readonly source: SourceKind;
  readonly at: Place;
  readonly keys: readonly FoundKey[];
  /** Absent where the source does not say which Secret its values end up in. */
  readonly target?: TargetSecret;
  /** Application, where the source names one. */
  readonly application?: string;
  /** Workloads that read it, as `Deployment/shop`. */
  readonly consumers: readonly string[];
  readonly notes: readonly string[];
}

/** A store that a source reads, as far as the source describes it. */
export interface FoundStore {
  /** `SecretStore shop/vault`, `ClusterSecretStore vault`, `SecretProviderClass shop/vault`. */
  readonly id: string;
  readonly at: Place;
  /** Name to give it in the facts. */
  readonly name: string;
  /** Facts that follow from the source; `kind` among them. */
  readonly facts: Readonly<Record<string, string>>;
  /** Facts that the source does not contain, and that are required. */
  readonly missing: readonly string[];
  readonly notes: readonly string[];
}

/** Something that was read and is not migrated. */
export interface Left {
  readonly at: Place;
  /** What it is, by name. */
  readonly what: string;
  readonly reason: string;
}

/** What the readers of sources return. */
export interface Reading {
  readonly secrets: readonly FoundSecret[];
  readonly stores: readonly FoundStore[];
  readonly left: readonly Left[];
  /** What keeps a source from being read. None quotes a value. */
  readonly issues: readonly Issue[];
  /** Workloads and the Secrets that they read. */
  readonly uses: readonly Use[];
}

/** A workload that reads a Secret. */
export interface Use {
  readonly workload: string;
  readonly namespace?: string;
  readonly secretName: string;
}

export const nothingRead: Reading = { secrets: [], stores: [], left: [], issues: [], uses: [] };

export function reading(part: Partial<Reading>): Reading {
  return { ...nothingRead, ...part };
}

export function joined(parts: readonly Reading[]): Reading {
  return {
    secrets: parts.flatMap(({ secrets }) => secrets),
    stores: parts.flatMap(({ stores }) => stores),
    left: parts.flatMap(({ left }) => left),
    issues: parts.flatMap(({ issues }) => issues),
    uses: parts.flatMap(({ uses }) => uses),
  };
}

/** `values.yaml, line 3, column 5`. */
export function placeText({ file, line, column }: Place): string {
  const at = [
    file,
    ...(line === undefined ? [] : [`line ${line}`]),
    ...(column === undefined ? [] : [`column ${column}`]),
  ];
  return at.join(", ");
}

export function issueAt(place: Place, problem: string, fix?: string): Issue {
  return { path: placeText(place), problem, ...(fix === undefined ? {} : { fix }) };
}
