import Table from "cli-table3";
import pc from "picocolors";
import type { DeliveredSecret } from "../delivered.ts";
import { formatDuration } from "../support/format.ts";

/** What arrived where, one row a Secret. */
export function deliveredTable(secrets: readonly DeliveredSecret[], now: Date): string {
  const table = new Table({
    head: ["namespace", "secret", "keys", "store", "remote name", "synced", "age"].map((title) => pc.bold(title)),
    style: { head: [], border: [] },
  });
  for (const { namespace, secret, keys, store, remoteNames, synced, pending, created } of secrets) {
    table.push([
      namespace,
      secret,
      keys.join("\n"),
      store,
      remoteNames.join("\n"),
      pending ? pc.yellow("pending") : syncedText(synced),
      created === undefined ? "-" : formatDuration(Math.max(0, now.getTime() - created.getTime())),
    ]);
  }
  return table.toString();
}

function syncedText(synced: boolean | undefined): string {
  if (synced === undefined) return "plain";
  return synced ? pc.green("yes") : pc.red("no");
}
