import type { Issue } from "../../../components/support/messages/errors.ts";
import type { Left, Place, SourceKind } from "../model.ts";
import type { SecretValue } from "../secret-value.ts";

/** Where the value of a key comes from after the migration. */
export type KeyOrigin =
  /** The encrypted configuration, under this key; the migration sets it. */
  | { readonly from: "provided"; readonly config: string }
  /** The Secret that exists: the catalogue generates this key, and the value that is in use is kept. */
  | { readonly from: "adopted" }
  /** The catalogue itself: a literal, a template, a hash. */
  | { readonly from: "catalogue" }
  /** The object of a store that holds it already. It stays where it is, and is read from there. */
  | { readonly from: "referenced"; readonly object: string; readonly property?: string };

/** A value as a source has it. */
export interface OldValue {
  readonly value: SecretValue;
  readonly source: SourceKind;
  readonly at: Place;
}

export interface PlannedKey {
  readonly name: string;
  readonly origin: KeyOrigin;
  /** Equal ones; empty where no source holds the value. */
  readonly old: readonly OldValue[];
  readonly notes: readonly string[];
}

/** One Kubernetes Secret that is migrated. */
export interface PlannedSecret {
  readonly namespace: string;
  readonly name: string;
  /** Whether the catalogue delivers it already. */
  readonly isDeclared: boolean;
  /** Whether a source was the Secret in the cluster. */
  readonly isLive: boolean;
  readonly type?: string;
  readonly labels: Readonly<Record<string, string>>;
  /** `<app>/<secret>` of the catalogue that it is made of. */
  readonly ids: readonly string[];
  readonly keys: readonly PlannedKey[];
  /** Places of its sources. */
  readonly sources: readonly { readonly source: SourceKind; readonly at: Place }[];
  readonly consumers: readonly string[];
  readonly notes: readonly string[];
}

export type FactValue = string | number | boolean;

/** A fact that the migration sets, as a path and a value that is no map. */
export interface PlannedFact {
  readonly path: readonly string[];
  readonly value: FactValue;
}

export interface MigrationPlan {
  readonly environment: string;
  readonly secrets: readonly PlannedSecret[];
  /** Entries that the catalogue lacks, as TypeScript; empty where it lacks none. */
  readonly catalogue: string;
  /** Facts that the environment lacks. */
  readonly facts: readonly PlannedFact[];
  readonly left: readonly Left[];
  /** What keeps the plan from being carried out. None quotes a value. */
  readonly issues: readonly Issue[];
}

/** `<namespace>/<Secret>`. */
export function placeOf({ namespace, name }: Pick<PlannedSecret, "namespace" | "name">): string {
  return `${namespace}/${name}`;
}

/** A plan without its values, for `--json`. */
export function planData({ secrets, ...plan }: MigrationPlan): unknown {
  return {
    ...plan,
    secrets: secrets.map(({ keys, ...secret }) => ({
      ...secret,
      keys: keys.map(({ old, ...key }) => ({ ...key, old: old.map(({ source, at }) => ({ source, at })) })),
    })),
  };
}
