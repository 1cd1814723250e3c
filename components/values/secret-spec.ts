import type { Overlap } from "./previous-of.ts";
import type { Recipe } from "./recipe.ts";

/** Epoch of a secret that was never rotated. */
export const initialEpoch = "initial";

/** One secret of an environment, resolved: which keys it has and when it was last made new. Plain data. */
export interface SecretSpec {
  /** `<app>/<secret>`. */
  readonly id: string;
  readonly app: string;
  readonly name: string;
  /** Path below the environment's folder of a store: `<app>/<secret>` unless the catalogue keeps an older name. */
  readonly path: string;
  /** Keys that exist in this environment, each with its recipe, sorted by key. */
  readonly keys: Readonly<Record<string, Recipe>>;
  /** Key that lies under the secret's own name in a store with an object for each key. */
  readonly primaryKey?: string;
  /** Rotation epoch: `initial`, or the time of the last rotation. New values are made when it moves, and only then. */
  readonly epoch: string;
  /** Time of the last rotation, or of the environment's creation: RFC 3339, UTC. */
  readonly rotatedAt: string;
  /** Date by which the next rotation is due (`YYYY-MM-DD`); absent when the secret has no schedule. */
  readonly rotateBy?: string;
  readonly origin: Origin;
  /** Whether its store rotates or renews it by itself, so that no date of the catalogue is due. Default: it does not. */
  readonly renewedByStore?: true;
  /** How long values from before the last rotation stay valid, by the key that holds one. Default: no key does. */
  readonly overlaps?: Readonly<Record<string, Overlap>>;
  /** Rotation whose previous value is retired, with those before it (`retirePrevious`). Default: none is. */
  readonly retired?: string;
  /** Rotation that is given up before it is finished (`rollBack`). Default: none is. */
  readonly rolledBack?: string;
  /** Whether its application reads it at its first start alone. Default: it reads it again. */
  readonly bootstrapOnly?: true;
  /** Names of the stores of a secret that no namespace gets. Default: it lies where its namespaces read. */
  readonly storedIn?: readonly string[];
}

/** Where the values of a secret come from. */
export type Origin = GeneratedOrigin | AdoptedOrigin | InClusterOrigin | ReferencedOrigin | IssuedOrigin;

/** This program makes them, by the recipes of the catalogue. */
export interface GeneratedOrigin {
  readonly kind: "generated";
}

/** As `generated`, but a value that exists already is kept. */
export interface AdoptedOrigin {
  readonly kind: "adopted";
  /** Whether what stores hold is adopted. Without it, only what existing Secrets hold is (`existingSecrets`). */
  readonly fromStores: boolean;
  /** Store or cluster whose values are kept where several hold different ones. */
  readonly preferred?: string;
  /** Keys whose value may be lost. */
  readonly without: readonly string[];
}

/** The operator of a cluster makes them, and puts them into the store. */
export interface InClusterOrigin {
  readonly kind: "in-cluster";
  readonly cluster: string;
}

/** Another program makes them: they are read where they lie, and never written. */
export interface ReferencedOrigin {
  readonly kind: "referenced";
  /** Whether it is so by what each of its stores says (`stores.<store>.references`). Default: by `reference`. */
  readonly byStores?: true;
}

/** The store issues them: new ones at each read, or those of an account that it rotates. They are never written. */
export interface IssuedOrigin {
  readonly kind: "issued";
  readonly credentials: "dynamic" | "static";
}

/** Whether somebody else makes the values, so that no recipe of the catalogue says anything of them. */
export function isMadeElsewhere({ origin }: Pick<SecretSpec, "origin">): boolean {
  return origin.kind === "referenced" || origin.kind === "issued";
}

/** Whether this program makes the values and writes them. */
export function isMadeHere({ origin }: Pick<SecretSpec, "origin">): boolean {
  return origin.kind === "generated" || origin.kind === "adopted";
}

/** Whether what stores hold is adopted. */
export function isAdoptedFromStores({ origin }: Pick<SecretSpec, "origin">): boolean {
  return origin.kind === "adopted" && origin.fromStores;
}

/** Keys whose value may be lost when the secret is adopted. */
export function keysGivenUp({ origin }: Pick<SecretSpec, "origin">): readonly string[] {
  return origin.kind === "adopted" ? origin.without : [];
}

/** Store or cluster whose values are kept where several hold different ones. */
export function preferredHolder({ origin }: Pick<SecretSpec, "origin">): string | undefined {
  return origin.kind === "adopted" ? origin.preferred : undefined;
}
