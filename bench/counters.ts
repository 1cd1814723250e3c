import { readFile } from "node:fs/promises";
import path from "node:path";
import type { Connection } from "../sandbox/connection.ts";
import type { PlainClient } from "./client.ts";

/** Requests by what was asked, such as `PATCH externalsecrets` or `read data`. */
export type Requests = Readonly<Record<string, number>>;

/** Requests that the servers have answered since they started. */
export interface Counters {
  /** Requests to the Kubernetes API from all clients, without the watches and lists of controllers. */
  readonly kubernetes: Requests;
  /** Requests to Vault that readers made: the operator's logins and what it does with their tokens. */
  readonly vaultByReaders: Requests;
  /** All other requests to Vault: the program's and its plugin's. */
  readonly vaultByProgram: Requests;
}

/** Reads the API server's metrics and Vault's audit log. */
export async function readCounters(connection: Connection, client: PlainClient): Promise<Counters> {
  const metrics = await client.kubernetes("GET", "/metrics");
  const audit = await readFile(path.join(connection.logs, "vault-audit.log"), "utf8");
  return { kubernetes: kubernetesRequests(metrics), ...vaultRequests(audit) };
}

/** What came in between two readings. */
export function requestsBetween(before: Counters, after: Counters): Counters {
  return {
    kubernetes: difference(before.kubernetes, after.kubernetes),
    vaultByReaders: difference(before.vaultByReaders, after.vaultByReaders),
    vaultByProgram: difference(before.vaultByProgram, after.vaultByProgram),
  };
}

/** Number of requests of all kinds. */
export function total(requests: Requests): number {
  return Object.values(requests).reduce((sum, each) => sum + each, 0);
}

/** Counts the API server's metric `apiserver_request_total` by verb and kind of object. */
export function kubernetesRequests(metrics: string): Requests {
  const counts = new Map<string, number>();
  for (const line of metrics.split("\n")) {
    if (!line.startsWith("apiserver_request_total{")) continue;
    const label = (name: string) => new RegExp(`[{,]${name}="([^"]*)"`).exec(line)?.[1] ?? "";
    const verb = label("verb");
    if (["WATCH", "CONNECT", "LIST"].includes(verb) || label("resource") === "leases") continue;
    const part = label("subresource");
    const asked = `${verb} ${label("resource")}${part === "" ? "" : `/${part}`}`;
    counts.set(asked, (counts.get(asked) ?? 0) + Number(line.slice(line.lastIndexOf(" ") + 1)));
  }
  return Object.fromEntries(counts);
}

interface AuditLine {
  readonly type: string;
  readonly auth?: { readonly display_name?: string };
  readonly request: { readonly operation: string; readonly path: string };
}

/** Counts the requests in Vault's audit log by operation and the first part of the path below a mount. */
export function vaultRequests(audit: string): Pick<Counters, "vaultByReaders" | "vaultByProgram"> {
  const readers = new Map<string, number>();
  const program = new Map<string, number>();
  for (const line of audit.split("\n")) {
    if (!line.includes('"type":"request"')) continue;
    const { auth, request } = JSON.parse(line) as AuditLine;
    const isLogin = request.path.startsWith("auth/") && request.path.endsWith("/login");
    const byReader = isLogin || (auth?.display_name ?? "").startsWith("kubernetes");
    const counts = byReader ? readers : program;
    const asked = `${request.operation} ${isLogin ? "login" : placeOf(request.path)}`;
    counts.set(asked, (counts.get(asked) ?? 0) + 1);
  }
  return { vaultByReaders: Object.fromEntries(readers), vaultByProgram: Object.fromEntries(program) };
}

/** `data` or `metadata` of an object, else the first two parts of a path: names of objects are left out. */
function placeOf(request: string): string {
  const [first = "", second = ""] = request.split("/");
  return ["data", "metadata", "subkeys"].includes(second) ? second : `${first}/${second}`;
}

function difference(before: Requests, after: Requests): Requests {
  const changed = Object.entries(after).map(([asked, count]): [string, number] => [
    asked,
    count - (before[asked] ?? 0),
  ]);
  return Object.fromEntries(changed.filter(([, count]) => count > 0).sort(([, a], [, b]) => b - a));
}
