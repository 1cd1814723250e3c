import path from "node:path";
import { type Layout, layoutOf } from "../layout.ts";
import { PORT_OFFSETS, portsFrom, type PortName } from "../ports.ts";
import { readIfExists } from "../support/files.ts";
import { cloudServerNames } from "./cloud-server-names.ts";
import { isHealthy } from "./health.ts";
import { logPath, runningProcess } from "./daemon.ts";
import { memoryOf } from "./machine/memory.ts";
import { OPERATOR_PROCESS, type ServerName, serverNames } from "./servers.ts";
import { resolveClouds, resolvePortBase } from "./state.ts";

/** How one process is doing. */
export interface ServerStatus {
  readonly name: ServerName | typeof OPERATOR_PROCESS;
  readonly state: "running" | "not answering" | "stopped" | "waiting for its Deployment";
  readonly pid?: number;
  readonly ports: readonly number[];
  /** Resident memory in bytes. */
  readonly memory?: number;
  readonly log: string;
}

/** How a platform is doing. */
export interface PlatformStatus {
  readonly root: string;
  readonly portBase: number;
  /** Whether every server runs and answers. The operator's own process is the stack's business and does not count. */
  readonly running: boolean;
  readonly servers: readonly ServerStatus[];
}

const PORTS_OF: Readonly<Record<ServerStatus["name"], readonly PortName[]>> = {
  etcd: ["etcdClient", "etcdPeer"],
  vault: ["vault", "vaultCluster"],
  "kube-apiserver": ["kubeApiserver"],
  "kube-controller-manager": ["kubeControllerManager"],
  "kube-scheduler": ["kubeScheduler"],
  kwok: ["kwok"],
  "external-secrets-host": [],
  "external-secrets": ["externalSecretsMetrics", "externalSecretsHealth"],
  moto: ["moto"],
  clouds: ["gateway", "cloudsHealth"],
};

/** Looks at every process and asks those that have a health endpoint. Changes nothing. */
export async function platformStatus(root: string): Promise<PlatformStatus> {
  const layout = layoutOf(path.resolve(root));
  const portBase = await resolvePortBase(layout.root, undefined);
  const clouds = (await resolveClouds(layout.root, undefined)) ? cloudServerNames : [];
  const names = [...serverNames, ...clouds, OPERATOR_PROCESS] as const;
  const servers = await Promise.all(names.map((name) => serverStatus(name, layout, portBase)));
  const running = servers.every(({ name, state }) => name === OPERATOR_PROCESS || state === "running");
  return { root: layout.root, portBase, running, servers };
}

async function serverStatus(name: ServerStatus["name"], layout: Layout, portBase: number): Promise<ServerStatus> {
  const ports = PORTS_OF[name].map((port) => portBase + PORT_OFFSETS[port]);
  const base = { name, ports, log: logPath(layout, name) };
  const record = await runningProcess(layout, name);
  if (record === undefined) {
    const hostRuns = name === OPERATOR_PROCESS && (await runningProcess(layout, "external-secrets-host")) !== undefined;
    return { ...base, state: hostRuns ? "waiting for its Deployment" : "stopped" };
  }
  const memory = await memoryOf(record.pid);
  const caPem = (await readIfExists(path.join(layout.pki, "ca.crt"))) ?? "";
  // The supervisor has no endpoint: running is all that can be said of it.
  const healthy = name === "external-secrets-host" || (await isHealthy(name, portsFrom(portBase), caPem));
  return {
    ...base,
    state: healthy ? "running" : "not answering",
    pid: record.pid,
    ...(memory === undefined ? {} : { memory }),
  };
}
