import { readdir } from "node:fs/promises";
import path from "node:path";
import { execa } from "execa";
import { layoutOf } from "../layout.ts";
import { logPath } from "../platform/daemon.ts";
import { cloudServerNames } from "../platform/cloud-server-names.ts";
import { OPERATOR_PROCESS, serverNames } from "../platform/servers.ts";
import { SandboxError } from "../support/errors.ts";
import type { CommandContext } from "./context.ts";

const known: readonly string[] = [...serverNames, ...cloudServerNames, OPERATOR_PROCESS, "vault-audit"];

/** Shows the end of one server's log, or of all, and follows them on demand. */
export async function logs(
  { root, signal }: CommandContext,
  server: string | undefined,
  { follow }: { follow: boolean },
): Promise<void> {
  const layout = layoutOf(root);
  const files = server === undefined ? await present(layout.logs) : [logPath(layout, requireKnown(server))];
  if (files.length === 0) {
    throw new SandboxError({
      what: `There are no logs in ${layout.logs}.`,
      fix: "Start the platform: npm run sandbox -- up",
    });
  }
  const lines = server === undefined ? "5" : "50";
  // `tail` follows files through rename and re-creation on Linux and macOS alike with -F.
  await execa("tail", ["-n", lines, ...(follow ? ["-F"] : []), ...files], {
    stdio: "inherit",
    reject: false,
    cancelSignal: signal,
  });
}

function requireKnown(server: string): string {
  if (known.includes(server)) return server;
  throw new SandboxError({ what: `Unknown server "${server}".`, fix: `Use one of: ${known.join(", ")}` });
}

async function present(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return names
    .filter((name) => name.endsWith(".log") && !name.endsWith(".previous.log"))
    .map((name) => path.join(folder, name));
}
