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
  /** Whether the value found in the store is taken over instead of generating one. */
  readonly adopt: boolean;
  /** Store or cluster whose values are kept where several hold different ones. */
  readonly adoptFrom?: string;
  /** Keys whose value may be lost when the secret is taken over. */
  readonly adoptWithout?: readonly string[];
  /** Whether the secret is somebody else's: it is read where it lies, and never written. */
  readonly referenced: boolean;
  /** Cluster whose operator generates the values and puts them into the store; absent where they are made here. */
  readonly generatedIn?: string;
}
