import { readFile } from "node:fs/promises";
import path from "node:path";
import type { Connection } from "../sandbox/connection.ts";
import type { PlainClient } from "./client.ts";

/** Requests that the servers have answered since they started. */
export interface Counters {
  /** Requests to the Kubernetes API from all clients, without the watches and lists of controllers. */
  readonly kubernetes: number;
  /** Requests to Vault from all clients, including the operator's logins and reads. */
  readonly vault: number;
}

/** Reads the API server's metrics and Vault's audit log. */
export async function readCounters(connection: Connection, client: PlainClient): Promise<Counters> {
  const metrics = await client.kubernetes("GET", "/metrics");
  const kubernetes = metrics
    .split("\n")
    .filter((line) => line.startsWith("apiserver_request_total{") && !/verb="(WATCH|CONNECT|LIST)"/.test(line))
    .filter((line) => !line.includes('resource="leases"'))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(" ") + 1)), 0);
  const audit = await readFile(path.join(connection.logs, "vault-audit.log"), "utf8");
  const vault = audit.split("\n").filter((line) => line.includes('"type":"request"')).length;
  return { kubernetes, vault };
}
