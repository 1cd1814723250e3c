import type { Preview, Step } from "./preview.ts";

/** A resource, told apart from others as people do. */
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

/** A value that is made anew: a new epoch of a key beside the old one. */
export interface Rotation {
  /** `<app>/<secret>/<key>`. */
  readonly value: string;
  /** The epoch that goes; undefined for the value that was made first. */
  readonly from: string | undefined;
  readonly to: string;
}

/** What a preview announces, by what a reviewer must look at. */
export interface Changes {
  readonly created: readonly Change[];
  readonly updated: readonly Change[];
  readonly rotated: readonly Rotation[];
  readonly replaced: readonly Change[];
  readonly deleted: readonly Change[];
  /** Operations that this code does not know: shown, never swallowed. */
  readonly other: readonly Change[];
}

/** Numbers of a row of the table. */
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
 * Operations of the engine (pulumi/pulumi `pkg/resource/deploy/step.go`). `hidden` ones are halves of a replacement, which
 * the engine also announces whole, or leave the resource as it is.
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

/** The table's numbers. */
export function totalsOf({ counts }: Preview): Totals {
  const totals = { create: 0, update: 0, replace: 0, delete: 0, unchanged: 0, other: 0 };
  for (const [op, count] of Object.entries(counts)) {
    const column = columns.get(op) ?? "other";
    if (column !== "hidden") totals[column] += count;
  }
  return totals;
}

/** How many resources would change. */
export function changeCount(totals: Totals): number {
  return totals.create + totals.update + totals.replace + totals.delete + totals.other;
}

/** Sorts the steps. The old value of a rotation is no deletion of its own: it goes once the new one is in place. */
export function changesOf({ steps }: Preview): Changes {
  const byColumn = new Map<Column, Change[]>();
  for (const step of steps) {
    const column = columns.get(step.op) ?? "other";
    if (column === "hidden" || column === "unchanged") continue;
    byColumn.set(column, [...(byColumn.get(column) ?? []), { step, ...resourceOf(step.urn) }]);
  }
  const of = (column: Column): readonly Change[] => (byColumn.get(column) ?? []).sort(byName);
  const rotations = rotationsOf(of("create"), of("delete"));
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
export function resourceOf(urn: string): Resource {
  const [, , types = "", ...name] = urn.split("::");
  return { type: types.split("$").at(-1) ?? "", name: name.join("::") };
}

/** Resources that hold generated values, one for each epoch (`components/values/frozen.ts`). */
const stash = "pulumi:index:Stash";

interface RotationSteps {
  readonly rotation: Rotation;
  readonly created: Change;
  readonly deleted: Change;
}

function rotationsOf(created: readonly Change[], deleted: readonly Change[]): readonly RotationSteps[] {
  const leaving = new Map(
    deleted.filter(({ type }) => type === stash).map((change) => [epochOf(change.name).value, change]),
  );
  return created.flatMap((change) => {
    const { value, epoch } = epochOf(change.name);
    const old = leaving.get(value);
    if (change.type !== stash || epoch === undefined || old === undefined) return [];
    return [{ rotation: { value, from: epochOf(old.name).epoch, to: epoch }, created: change, deleted: old }];
  });
}

/** `<app>/<secret>/<key>@<epoch>`; the epoch a secret begins with is not in the name. */
function epochOf(name: string): { readonly value: string; readonly epoch: string | undefined } {
  const found = /^(?<value>.+)@(?<epoch>\d{4}-\d{2}-\d{2}(?:T[\d:.]+Z)?)$/.exec(name)?.groups;
  return { value: found?.["value"] ?? name, epoch: found?.["epoch"] };
}

function byName(a: Resource, b: Resource): number {
  return a.type.localeCompare(b.type) || a.name.localeCompare(b.name);
}
