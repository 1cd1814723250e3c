import { layoutOf } from "../../../sandbox/layout.ts";
import { stopServer } from "../../../sandbox/platform/daemon.ts";
import { startPlatform } from "../../../sandbox/platform/index.ts";
import { terminalProgress } from "../../../sandbox/terminal/progress.ts";
import { connection } from "./platform.ts";

/** Stops the cluster's API server. */
export async function stopApiServer(): Promise<void> {
  await stopServer(layoutOf(connection().root), "kube-apiserver");
}

/** Starts the API server again, and whatever has ended without it. */
export async function startApiServer(): Promise<void> {
  const { root, portBase } = connection();
  await startPlatform({ root, portBase, signal: new AbortController().signal }, terminalProgress());
}
