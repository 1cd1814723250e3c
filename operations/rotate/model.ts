import type { LeftOut } from "./choice.ts";
import type { Standing } from "./standing.ts";
import type { Step } from "./steps.ts";

/** A secret that is rotated, or whose rotation is finished. */
export interface PlannedRotation {
  readonly id: string;
  /** `false`: the run finishes an earlier rotation of it, which it does whatever it was asked for. */
  readonly asked: boolean;
  /** Epoch before the run: `initial`, a date or a UTC time. */
  readonly from: string;
  /** Epoch of this run. The same as `from` where an earlier rotation is finished. */
  readonly to: string;
  /** How far the newest epoch had come before the run; absent where the state was not asked. */
  readonly before?: Standing;
  /** How often it is rotated: twice after a leak where one rotation leaves a value of before valid. */
  readonly rounds: 1 | 2;
  readonly steps: readonly Step[];
}

/** How a Secret was found after the run. */
export interface VerifiedSecret {
  readonly cluster: string;
  readonly namespace: string;
  readonly secret: string;
  /** As the doctor has it. */
  readonly verdict: "sound" | "warning" | "broken" | "unknown";
}

/** What is to be looked at in a Secret after the run, with what can be done. */
export interface Remark {
  readonly text: string;
  readonly fix?: string;
}

/** What a store still has of the values before. */
export interface PreviousVersion {
  readonly store: string;
  readonly object: string;
  readonly kept: string;
  /** What makes it unreadable; absent where nothing is readable. */
  readonly disable?: string;
}

/** Old versions of an object in a store, after a leak: ids, never values. */
export interface OldVersionsFound {
  readonly store: string;
  readonly object: string;
  /** Those that can be read, the oldest first. */
  readonly versions: readonly string[];
  /** Those of them that can be read no more. Absent where nothing was changed. */
  readonly disabled?: readonly string[];
  /** Why the store was not asked, or did not do it. */
  readonly problem?: string;
}

/** Whether nothing of an object can be read but its newest version. */
export function isGone({ versions, disabled = [], problem }: OldVersionsFound): boolean {
  return problem === undefined && disabled.length === versions.length;
}

/** What was done, or would be. Names and dates, never values. */
export interface RotationReport {
  readonly schemaVersion: 1;
  readonly stack: string;
  /** Stacks whose runs carry the rotations out: in an environment of several, those of the parts that have the secrets. */
  readonly stacks: readonly string[];
  /** `planned`: nothing was changed; `moved`: epochs were, and a run is to follow; `rotated`. */
  readonly outcome: "planned" | "moved" | "rotated" | "nothing";
  readonly rotations: readonly PlannedRotation[];
  readonly leftOut: readonly LeftOut[];
  readonly verified: readonly VerifiedSecret[];
  readonly remarks: readonly Remark[];
  readonly previousVersions: readonly PreviousVersion[];
  /** What became of them, or would. Absent where it was not asked for (`--disable-old-versions`). */
  readonly oldVersions?: readonly OldVersionsFound[];
  /** What is to be known besides, such as when the next window opens. */
  readonly notes: readonly string[];
}

/** Whether somebody has to look at something after a run. */
export function isSound({ verified, remarks, leftOut, oldVersions = [], outcome }: RotationReport): boolean {
  const areGone = outcome !== "rotated" || oldVersions.every(isGone);
  return (
    areGone && remarks.length === 0 && leftOut.length === 0 && verified.every(({ verdict }) => verdict === "sound")
  );
}
