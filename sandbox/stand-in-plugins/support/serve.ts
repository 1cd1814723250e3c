import { readFileSync } from "node:fs";
import { createRequire, flushCompileCache } from "node:module";
import { Server, ServerCredentials } from "@grpc/grpc-js";
import { messageOf } from "./errors.ts";
import { ResourceProviderService } from "./proto.ts";
import type { StandInProvider } from "./provider.ts";
import { serviceFor } from "./service.ts";

// The engine's own limit for one message: a state of thousands of resources passes through here piece by piece.
const MAX_MESSAGE_BYTES = 400 * 1024 * 1024;
const ORPHAN_CHECK_MS = 1000;

/** The version that a stand-in answers with: the one of the SDK that asks for it. */
export function sdkVersion(name: string): string {
  const path = createRequire(import.meta.url).resolve(`@pulumi/${name}/package.json`);
  const { version } = JSON.parse(readFileSync(path, "utf8")) as { version: string };
  return version.replace(/^v/, "");
}

/**
 * Serves a plugin until the engine ends it. The engine learns the port from standard output, so nothing else may be
 * written there.
 */
export async function serve(provider: StandInProvider): Promise<void> {
  const engineAddress = process.argv.slice(2).find((argument) => !argument.startsWith("-"));
  const server = new Server({
    "grpc.max_receive_message_length": MAX_MESSAGE_BYTES,
    "grpc.max_send_message_length": MAX_MESSAGE_BYTES,
  });
  const options = { version: sdkVersion(provider.name), ...(engineAddress === undefined ? {} : { engineAddress }) };
  server.addService(ResourceProviderService, serviceFor(provider, options));
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
  endWithParent();
  process.stdout.write(`${port}\n`);
  // The engine kills its plugins, so that none would keep what it has compiled when it exits.
  flushCompileCache();
}

/** {@link serve}, with the failure on standard error, where the engine picks it up. */
export function main(provider: StandInProvider): void {
  serve(provider).catch((error: unknown) => {
    process.stderr.write(`${messageOf(error)}\n`);
    process.exit(1);
  });
}

// An engine that was killed can't stop its plugins: whoever loses its parent ends by itself.
function endWithParent(): void {
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) process.exit(0);
  }, ORPHAN_CHECK_MS).unref();
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.on(signal, () => process.exit(0));
}
