import type { Environment, Parts } from "../../stacks/config/environment.ts";

/** An environment as its file describes it, and what its stacks need of the file. */
export interface Fleet {
  readonly whole: Environment;
  /** The stack that has all of it, or the base: called as the environment, unless it is one of its own (`prod.blue`), which has no parts. */
  readonly stack: string;
  /** As the file has it. */
  readonly assigned: Parts["assigned"];
  readonly project: string;
}

/** What is done to every part of an environment. */
export type FleetAction = "up" | "preview" | "destroy";

/** A part of an environment, and its stack. */
export interface FleetPart {
  readonly part: string;
  readonly stack: string;
  readonly applications: readonly string[];
  /** About so many resources. */
  readonly resources: number;
}

/** What all parts of an environment together ask of a store (stacks/plan). */
export interface FleetStore {
  readonly store: string;
  readonly kind: string;
  readonly objects: number;
  /** Mean over the refresh intervals. */
  readonly readsPerSecond: number;
  /** Most in one second. */
  readonly burstReadsPerSecond: number;
  /** Reads in a second that the store takes; absent where it has no quota. */
  readonly readQuota?: number;
  /** Least time of the first `up` by the store's quota of writes, however many parts run side by side. */
  readonly firstUpSeconds: number;
}

/** How the applications of an environment are spread, or would be. */
export interface FleetPlan {
  readonly schemaVersion: 1;
  readonly environment: string;
  /** The base first. */
  readonly parts: readonly FleetPart[];
  readonly stores: readonly FleetStore[];
  /** Applications that no part had, by the part that gets them. */
  readonly added: Readonly<Record<string, string>>;
  /** Applications that are named by a part, and that the environment does not run any more. */
  readonly removed: readonly string[];
  /** Whether the file was written. */
  readonly written: boolean;
}

/** What became of a part. */
export interface PartResult {
  readonly part: string;
  readonly stack: string;
  /** `skipped`: it was not begun, since the base failed, or others did that have to go first, or the run was interrupted. */
  readonly outcome: "done" | "failed" | "interrupted" | "skipped";
  readonly seconds: number;
  /** Numbers of resources by operation, as the engine counts them: `create`, `update`, `same`. */
  readonly changes: Readonly<Record<string, number>>;
  /** What the engine said, and what to do about it, where it failed. Names, never values. */
  readonly message?: string;
}

export interface FleetReport {
  readonly schemaVersion: 1;
  readonly environment: string;
  readonly action: FleetAction;
  readonly parts: readonly PartResult[];
}

/** Whether all parts are done. */
export function isDone({ parts }: FleetReport): boolean {
  return parts.every(({ outcome }) => outcome === "done");
}
