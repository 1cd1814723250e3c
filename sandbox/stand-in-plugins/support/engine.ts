import { credentials } from "@grpc/grpc-js";
import { engineGrpc, enginePb } from "./proto.ts";
import type { Log, Severity } from "./provider.ts";

/** The engine's side of the connection: where a plugin's messages to the user go. */
export class Engine {
  private readonly client: InstanceType<typeof engineGrpc.EngineClient>;

  constructor(address: string) {
    this.client = new engineGrpc.EngineClient(address, credentials.createInsecure());
  }

  /** A log for one resource. */
  logFor(urn: string): Log {
    let last = "";
    return {
      info: (message) => this.send(urn, message, { severity: "info" }),
      warn: (message) => this.send(urn, message, { severity: "warning" }),
      status: (message, severity = "info") => {
        // The same progress line comes up on every poll; the display needs it once.
        if (message === last) return;
        last = message;
        this.send(urn, message, { severity, ephemeral: true });
      },
    };
  }

  close(): void {
    this.client.close();
  }

  private send(urn: string, message: string, how: { severity: Severity; ephemeral?: boolean }): void {
    const request = new enginePb.LogRequest();
    request.setUrn(urn);
    request.setMessage(message);
    request.setSeverity(how.severity === "info" ? enginePb.LogSeverity.INFO : enginePb.LogSeverity.WARNING);
    request.setEphemeral(how.ephemeral ?? false);
    this.client.log(request, () => {
      // A line that does not arrive must not fail an update.
    });
  }
}

/** For a plugin that was started by hand: nobody listens. */
export const SILENT: Log = { info: () => undefined, warn: () => undefined, status: () => undefined };
