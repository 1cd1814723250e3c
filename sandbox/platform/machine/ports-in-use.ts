import { readdir, readFile, readlink } from "node:fs/promises";
import { createServer } from "node:net";
import { execa } from "execa";
import { SandboxError } from "../../support/errors.ts";
import { waitUntil } from "../../support/wait.ts";

/** A port that a server is about to take. */
export interface WantedPort {
  readonly port: number;
  readonly server: string;
}

/** Throws, with the holder's name where it can be found, when one of the ports is taken. */
export async function requireFreePorts(wanted: readonly WantedPort[]): Promise<void> {
  for (const { port, server } of wanted) {
    // A moment of patience: a server that was just stopped may still be letting go of it.
    if (await waitUntil(() => isFree(port), { timeoutMs: 1_500, everyMs: 100 })) continue;
    throw portInUse({ port, server }, await holderOf(port));
  }
}

/** A process that listens on a port. */
export interface Holder {
  readonly pid: number;
  readonly command: string;
}

/** The error for a taken port. */
export function portInUse({ port, server }: WantedPort, holder: Holder | undefined): SandboxError {
  const by = holder === undefined ? "another process" : `${holder.command} (pid ${holder.pid})`;
  const stop = holder === undefined ? "Stop what listens there" : `Stop it (kill ${holder.pid})`;
  return new SandboxError({
    what: `Port ${port} on 127.0.0.1, which ${server} needs, is taken by ${by}.`,
    fix: `${stop}, or put the platform on other ports: SANDBOX_PORT_BASE=<number> npm run sandbox -- up`,
  });
}

/** Whether a server could listen on the port now. */
export async function isFree(port: number): Promise<boolean> {
  return await new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => {
      resolve(false);
    });
    server.listen({ port, host: "127.0.0.1", exclusive: true }, () => {
      server.close(() => {
        resolve(true);
      });
    });
  });
}

/** Who listens on a port of this machine; undefined when that cannot be seen (no lsof, another user's process). */
export async function holderOf(port: number): Promise<Holder | undefined> {
  return (await holderFromLsof(port)) ?? (process.platform === "linux" ? await holderFromProc(port) : undefined);
}

async function holderFromLsof(port: number): Promise<Holder | undefined> {
  const args = ["-nP", `-iTCP:${port}`, "-sTCP:LISTEN", "-Fpc"];
  const { stdout } = await execa("lsof", args, { reject: false, timeout: 5000 });
  const pid = /^p(\d+)$/m.exec(stdout ?? "")?.[1];
  const command = /^c(.+)$/m.exec(stdout ?? "")?.[1];
  return pid === undefined || command === undefined ? undefined : { pid: Number(pid), command };
}

/** What lsof does on Linux, which minimal systems lack: the listening socket's inode, then the process that has it open. */
async function holderFromProc(port: number): Promise<Holder | undefined> {
  const inodes = await listeningInodes(port);
  if (inodes.size === 0) return undefined;
  for (const pid of (await readdir("/proc")).filter((name) => /^\d+$/.test(name))) {
    const files = await readdir(`/proc/${pid}/fd`).catch(() => []);
    for (const file of files) {
      const target = await readlink(`/proc/${pid}/fd/${file}`).catch(() => "");
      const inode = /^socket:\[(\d+)\]$/.exec(target)?.[1];
      if (inode === undefined || !inodes.has(inode)) continue;
      return { pid: Number(pid), command: (await readFile(`/proc/${pid}/comm`, "utf8")).trim() };
    }
  }
  return undefined;
}

async function listeningInodes(port: number): Promise<Set<string>> {
  const hexPort = port.toString(16).toUpperCase().padStart(4, "0");
  const listening = "0A";
  const tables = await Promise.all(
    ["tcp", "tcp6"].map((name) => readFile(`/proc/net/${name}`, "utf8").catch(() => "")),
  );
  const inodes = new Set<string>();
  for (const line of tables.join("\n").split("\n")) {
    const [, local, , state, , , , , , inode] = line.trim().split(/\s+/);
    if (state === listening && local?.endsWith(`:${hexPort}`) && inode !== undefined) inodes.add(inode);
  }
  return inodes;
}
