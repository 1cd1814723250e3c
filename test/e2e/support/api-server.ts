import { setTimeout as sleep } from "node:timers/promises";
import { layoutOf } from "../../../sandbox/layout.ts";
import { stopServer } from "../../../sandbox/platform/daemon.ts";
import { startPlatform } from "../../../sandbox/platform/index.ts";
import { terminalProgress } from "../../../sandbox/terminal/progress.ts";
import { connection } from "./platform.ts";

/** Stops the cluster's API server, leaves it away for a while, and starts what is gone. */
export async function restartApiServer(awayMs: number): Promise<void> {
  const { root, portBase } = connection();
  await stopServer(layoutOf(root), "kube-apiserver");
  await sleep(awayMs);
  await startPlatform({ root, portBase, signal: new AbortController().signal }, terminalProgress());
}
