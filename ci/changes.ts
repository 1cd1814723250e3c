import type { Preview, Step } from "./preview.ts";

/** A resource as people name it. */
export interface Resource {
  /** Type token, such as `vault:kv/secretV2:SecretV2`. */
  readonly type: string;
  /** Logical name, such as `mlflow/db-password/vault`. */
  readonly name: string;
}

/** A step and the resource it is about. */
export interface Change extends Resource {
  readonly step: Step;
}

/** A key that gets a new value: a new epoch is created beside the old one. */
export interface Rotation {
  /** `<app>/<secret>/<key>`. */
  readonly value: string;
  /** The epoch that is deleted; undefined for the initial value. */
  readonly from: string | undefined;
  readonly to: string;
}

/** The changes of a preview, grouped by what a reviewer must look at. */
export interface Changes {
  readonly created: readonly Change[];
  readonly updated: readonly Change[];
  readonly rotated: readonly Rotation[];
  readonly replaced: readonly Change[];
  readonly deleted: readonly Change[];
  /** Operations unknown to this code. They are shown, never dropped. */
  readonly other: readonly Change[];
}

/** Counts in one row of the table. */
export interface Totals {
  readonly create: number;
  readonly update: number;
  readonly replace: number;
  readonly delete: number;
  readonly unchanged: number;
  readonly other: number;
}

type Column = keyof Totals;

/**
 * Operations of the engine (pulumi/pulumi `pkg/resource/deploy/step.go`). `hidden` ones are halves of a
 * replacement, which the engine also reports as a whole, or leave the resource unchanged.
 */
const columns = new Map<string, Column | "hidden">([
  ["create", "create"],
  ["import", "create"],
  ["update", "update"],
  ["replace", "replace"],
  ["delete", "delete"],
  ["discard", "delete"],
  ["same", "unchanged"],
  ["read", "unchanged"],
  ["refresh", "hidden"],
  ["diff", "hidden"],
  ["extend-parameterize", "hidden"],
  ["create-replacement", "hidden"],
  ["delete-replaced", "hidden"],
  ["import-replacement", "hidden"],
  ["read-replacement", "hidden"],
  ["discard-replaced", "hidden"],
  ["remove-pending-replace", "hidden"],
]);

/** Counts the operations for the table. */
export function countTotals({ counts }: Preview): Totals {
  const totals = { create: 0, update: 0, replace: 0, delete: 0, unchanged: 0, other: 0 };
  for (const [op, count] of Object.entries(counts)) {
    const column = columns.get(op) ?? "other";
    if (column !== "hidden") totals[column] += count;
  }
  return totals;
}

/** Number of resources that would change. */
export function changeCount(totals: Totals): number {
  return totals.create + totals.update + totals.replace + totals.delete + totals.other;
}

/** Groups the steps. The two steps of a rotation count as a rotation, not as a creation and a deletion. */
export function groupChanges({ steps }: Preview): Changes {
  const byColumn = new Map<Column, Change[]>();
  for (const step of steps) {
    const column = columns.get(step.op) ?? "other";
    if (column === "hidden" || column === "unchanged") continue;
    byColumn.set(column, [...(byColumn.get(column) ?? []), { step, ...parseUrn(step.urn) }]);
  }
  const of = (column: Column): readonly Change[] => (byColumn.get(column) ?? []).sort(byName);
  const rotations = findRotations(of("create"), of("delete"));
  const ofRotations = new Set(rotations.flatMap(({ created, deleted }) => [created, deleted]));
  const without = (changes: readonly Change[]) => changes.filter((change) => !ofRotations.has(change));
  return {
    created: without(of("create")),
    updated: of("update"),
    rotated: rotations.map(({ rotation }) => rotation),
    replaced: of("replace"),
    deleted: without(of("delete")),
    other: of("other"),
  };
}

/** `urn:pulumi:<stack>::<project>::<parent type>$<type>::<name>`; a name may hold `::`. */
export function parseUrn(urn: string): Resource {
  const [, , types = "", ...name] = urn.split("::");
  return { type: types.split("$").at(-1) ?? "", name: name.join("::") };
}

/** Type of the resources that hold generated values, one per epoch (`components/values/frozen.ts`). */
const stash = "pulumi:index:Stash";

interface RotationSteps {
  readonly rotation: Rotation;
  readonly created: Change;
  readonly deleted: Change;
}

function findRotations(created: readonly Change[], deleted: readonly Change[]): readonly RotationSteps[] {
  const leaving = new Map(
    deleted.filter(({ type }) => type === stash).map((change) => [parseEpoch(change.name).value, change]),
  );
  return created.flatMap((change) => {
    const { value, epoch } = parseEpoch(change.name);
    const old = leaving.get(value);
    if (change.type !== stash || epoch === undefined || old === undefined) return [];
    return [{ rotation: { value, from: parseEpoch(old.name).epoch, to: epoch }, created: change, deleted: old }];
  });
}

/** `<app>/<secret>/<key>@<epoch>`; the initial epoch is not part of the name. */
function parseEpoch(name: string): { readonly value: string; readonly epoch: string | undefined } {
  const found = /^(?<value>.+)@(?<epoch>\d{4}-\d{2}-\d{2}(?:T[\d:.]+Z)?)$/.exec(name)?.groups;
  return { value: found?.["value"] ?? name, epoch: found?.["epoch"] };
}

function byName(a: Resource, b: Resource): number {
  return a.type.localeCompare(b.type) || a.name.localeCompare(b.name);
}
