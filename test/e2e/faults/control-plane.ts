import { layoutOf } from "../../../sandbox/layout.ts";
import { stopServer } from "../../../sandbox/platform/daemon.ts";
import { startPlatform } from "../../../sandbox/platform/index.ts";
import { terminalProgress } from "../../../sandbox/terminal/progress.ts";
import { connection } from "../support/platform.ts";

/** Stops the cluster's API server, or what it keeps its objects in. */
export async function stopControlPlane(server: "kube-apiserver" | "etcd"): Promise<void> {
  await stopServer(layoutOf(connection().root), server);
}

/** Starts what was stopped, and whatever has ended without it. */
export async function startControlPlane(): Promise<void> {
  const { root, portBase } = connection();
  await startPlatform({ root, portBase, signal: new AbortController().signal }, terminalProgress());
}
