import { layoutOf } from "../../../sandbox/layout.ts";
import { stopServer } from "../../../sandbox/platform/daemon.ts";
import { startPlatform } from "../../../sandbox/platform/index.ts";
import { terminalProgress } from "../../../sandbox/terminal/progress.ts";
import { cli } from "../support/cli.ts";
import { connection } from "../support/platform.ts";

/** Stops the cluster's API server, or the etcd that stores its objects. */
export async function stopControlPlane(server: "kube-apiserver" | "etcd"): Promise<void> {
  await stopServer(layoutOf(connection().root), server);
}

/** Starts what was stopped, and whatever ended because of that. */
export async function startControlPlane(): Promise<void> {
  const { root, portBase } = connection();
  await startPlatform({ root, portBase, signal: new AbortController().signal }, terminalProgress());
}

/**
 * How many requests of the cluster's administrator the API server is working on, without the one that asks. Watches do not
 * count. It needs no etcd for the answer.
 */
export async function waitingRequests(): Promise<number> {
  const { stdout } = await cli("kubectl", ["get", "--raw", "/metrics"]);
  // The administrator is of group system:masters, which priority and fairness exempts.
  const [, count] =
    /^apiserver_flowcontrol_current_executing_requests\{flow_schema="exempt",.*\} (\d+)$/m.exec(stdout) ?? [];
  return Number(count ?? "1") - 1;
}
