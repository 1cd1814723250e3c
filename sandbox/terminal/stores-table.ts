import Table from "cli-table3";
import pc from "picocolors";
import { formatDuration } from "../support/format.ts";

/** What came of one store and one identity. Names only. */
export interface StoreResult {
  readonly namespace: string;
  readonly store: string;
  readonly identity: string;
  readonly remoteNames: readonly string[];
  /** Whether the Secret is there with all of its keys, and the operator says so where it is the operator's. */
  readonly synced: boolean;
  /** From the ExternalSecret to Ready; `undefined` where it was Ready before, or is no matter of the operator's. */
  readonly readyMs: number | undefined;
}

/** Every store with its identity, one row each. */
export function storesTable(results: readonly StoreResult[]): string {
  const table = new Table({
    head: ["store", "identity", "remote objects", "Secret synced", "time to Ready"].map((title) => pc.bold(title)),
    style: { head: [], border: [] },
  });
  for (const { namespace, store, identity, remoteNames, synced, readyMs } of results) {
    table.push([
      store,
      identity,
      remoteNames.length === 0 ? "none" : remoteNames.join("\n"),
      `${synced ? pc.green("yes") : pc.red("no")}, in ${namespace}`,
      readyText(readyMs),
    ]);
  }
  return table.toString();
}

function readyText(milliseconds: number | undefined): string {
  if (milliseconds === undefined) return "-";
  return milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : formatDuration(milliseconds);
}
