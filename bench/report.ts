import Table from "cli-table3";
import { describeFleet, type FleetRun } from "./fleet.ts";
import { shown, type Unit } from "./figures.ts";
import { describeOperator, type OperatorRun } from "./operator.ts";
import { describeRotation, type RotationRun } from "./rotation.ts";
import { secretsPerStack, type SplitRun } from "./split-run.ts";
import type { StackRun } from "./stack-run.ts";
import type { StartUp } from "./start-up.ts";

/** One size: the program as one stack and as several, and the floor. A stopped run has the first of them. */
export interface SizeResult {
  readonly secrets: number;
  floor?: number;
  single?: StackRun;
  split?: SplitRun;
}

/** Start of the program, and a preview of the whole, for each environment. */
export interface EnvironmentStart extends StartUp {
  readonly environment: string;
  readonly preview: number;
}

/** What has been measured so far. */
export interface Measured {
  startUp: readonly EnvironmentStart[];
  operator?: OperatorRun;
  readonly fleet: FleetRun[];
  rotation?: RotationRun;
  readonly results: SizeResult[];
}

/** What was measured, for people. */
export function report({ startUp, operator, fleet, rotation, results }: Measured): string {
  const table = new Table({ style: { head: [], border: [] } });
  const row = (title: string, cell: (result: SizeResult) => string) => table.push([title, ...results.map(cell)]);
  const one = (title: string, unit: Unit, value: (run: StackRun, secrets: number) => number | undefined) =>
    row(title, ({ single, secrets }) => cell(single === undefined ? undefined : value(single, secrets), unit));
  const ups = (up: number | undefined, floor: number | undefined) =>
    up === undefined || floor === undefined ? "-" : `${cell(up, "duration")} (${(up / floor).toFixed(0)} x floor)`;
  row("secrets", ({ secrets }) => String(secrets));
  row("floor: plain requests, 16 at a time", ({ floor }) => cell(floor, "duration"));
  one("one stack: first preview", "duration", ({ firstPreview }) => firstPreview);
  row("one stack: up", ({ single, floor }) => ups(single?.up, floor));
  one("one stack: up without changes", "duration", ({ sameUp }) => sameUp);
  one("one stack: preview without changes", "duration", ({ samePreview }) => samePreview);
  one("one stack: destroy", "duration", ({ destroy }) => destroy);
  row(`stacks of ${secretsPerStack}: up, one after the other`, ({ split, floor }) => ups(split?.up, floor));
  row(`stacks of ${secretsPerStack}: up without changes`, ({ split }) => cell(split?.sameUp, "duration"));
  row(`stacks of ${secretsPerStack}: destroy`, ({ split }) => cell(split?.destroy, "duration"));
  one("resources per secret", "count", ({ resources }, secrets) => per(resources, secrets));
  one("Kubernetes requests per secret at first up", "count", (run, secrets) => per(run.kubernetesRequests, secrets));
  one("Vault requests per secret at first up", "count", (run, secrets) => per(run.vaultRequests, secrets));
  one("state per resource", "bytes", ({ stateBytes, resources }) => per(stateBytes, resources));
  one("peak memory, program + engine + plugins", "bytes", ({ peakBytes }) => peakBytes);
  return [
    ...startUp.map(
      ({ environment, milliseconds, rssBytes, modules, preview }) =>
        `${environment}: program start to first registered resource ${cell(milliseconds, "duration")}, ${cell(rssBytes, "bytes")}, ${modules} modules; offline preview ${cell(preview, "duration")}`,
    ),
    ...(results.length === 0 ? [] : [table.toString()]),
    ...(operator === undefined ? [] : [describeOperator(operator)]),
    ...(fleet.length === 0 ? [] : [describeFleet(fleet)]),
    ...(rotation === undefined ? [] : [describeRotation(rotation)]),
  ].join("\n");
}

function cell(value: number | undefined, unit: Unit): string {
  return value === undefined ? "-" : shown(value, unit);
}

function per(count: number | undefined, of: number | undefined): number | undefined {
  return count === undefined || of === undefined ? undefined : count / of;
}
