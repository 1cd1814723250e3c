import Table from "cli-table3";
import pc from "picocolors";
import type { PlatformStatus, ServerStatus } from "../platform/status.ts";
import { formatBytes } from "../support/format.ts";
import type { Connection } from "../connection.ts";

/** The platform's processes as a table. */
export function statusTable(status: PlatformStatus): string {
  const table = new Table({
    head: ["server", "state", "pid", "ports on 127.0.0.1", "memory"],
    style: { head: [], border: [], compact: true },
  });
  for (const server of status.servers) {
    table.push([
      server.name,
      colouredState(server.state),
      server.pid ?? "",
      server.ports.join(", "),
      server.memory === undefined ? "" : formatBytes(server.memory),
    ]);
  }
  const total = status.servers.reduce((sum, { memory }) => sum + (memory ?? 0), 0);
  return `${table.toString()}\n${total === 0 ? "" : `Memory in all: ${formatBytes(total)}. `}Data and logs: ${status.root}`;
}

function colouredState(state: ServerStatus["state"]): string {
  switch (state) {
    case "running":
      return pc.green(state);
    case "not answering":
      return pc.red(state);
    case "stopped":
    case "waiting for its Deployment":
      return pc.dim(state);
  }
}

const ORIGINS = {
  path: "found on PATH",
  official: "official download",
  found: "found in the platform's plugin folder",
  built: "built from source",
  "stand-in": "stand-in of this repository",
} as const;

/** What the platform is made of: which engine, which plugins, which versions. */
export function describeConnection(connection: Connection): string {
  const { versions, pulumiCli, pulumiPlugins } = connection;
  const origins = [...new Set(pulumiPlugins.map(({ origin }) => origin))];
  const plugins = origins.map((origin) => {
    const names = pulumiPlugins.filter((each) => each.origin === origin);
    return `${names.map(({ name, version }) => `${name} ${version}`).join(", ")} (${ORIGINS[origin]})`;
  });
  return [
    `Kubernetes ${versions["kube-apiserver"]} at ${connection.kubernetesServer}, etcd ${versions["etcd"]}, kwok ${versions["kwok"]}`,
    `Vault ${versions["vault"]} at ${connection.vaultAddress}`,
    `External Secrets Operator ${versions["external-secrets"]}, chart ${connection.externalSecretsChartVersion}`,
    `Pulumi ${pulumiCli.version} (${ORIGINS[pulumiCli.origin]}); plugins: ${plugins.join("; ")}`,
  ].join("\n");
}
