import { setTimeout as sleep } from "node:timers/promises";
import { decode, cluster, readSecret } from "../support/cluster.ts";

/** What a Job's command does with its values: exits with this code. */
export type Command = (files: Readonly<Record<string, string>>) => Promise<number>;

export interface Kubelet {
  /** Values of each Pod that ran. */
  readonly ran: readonly Readonly<Record<string, string>>[];
  /** From now on Pods do this. */
  readonly does: (command: Command) => void;
  readonly stop: () => Promise<void>;
}

/**
 * Does what a kubelet does for the Pods of Jobs in a namespace: the platform has none. They ask for a node that there is not, so that
 * nothing else takes them for running. The values are read where a kubelet reads them: in the Secret that the Pod mounts.
 */
export function startKubelet(namespace: string, initial: Command): Kubelet {
  const ran: Readonly<Record<string, string>>[] = [];
  const done = new Set<string>();
  let command = initial;
  let stopped = false;
  const look = async () => {
    const { core } = await cluster();
    const { items } = await core.listNamespacedPod({ namespace });
    for (const { metadata, spec, status } of items) {
      const { name = "", uid = "" } = metadata ?? {};
      if (done.has(uid) || status?.phase !== "Pending" || metadata?.deletionTimestamp !== undefined) continue;
      const secretName = spec?.volumes?.find((volume) => volume.secret !== undefined)?.secret?.secretName;
      const secret = await readSecret(namespace, secretName ?? "");
      // As a kubelet: it waits for what is to be mounted.
      if (secret === undefined) continue;
      done.add(uid);
      const files = decode(secret);
      ran.push(files);
      const exitCode = await command(files);
      const state = { terminated: { exitCode, reason: exitCode === 0 ? "Completed" : "Error" } };
      const container = { name: "rotate", image: "none", imageID: "", ready: false, restartCount: 0, state };
      const body = [
        { op: "replace", path: "/status/phase", value: exitCode === 0 ? "Succeeded" : "Failed" },
        { op: "add", path: "/status/containerStatuses", value: [container] },
      ];
      await core.patchNamespacedPodStatus({ namespace, name, body });
    }
  };
  const loop = (async () => {
    while (!stopped) {
      await look();
      await sleep(50);
    }
  })();
  return {
    ran,
    does: (next) => void (command = next),
    stop: () => {
      stopped = true;
      return loop;
    },
  };
}
