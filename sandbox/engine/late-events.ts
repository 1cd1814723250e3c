import { Server } from "@grpc/grpc-js";

/** How long events may still come in after the engine has ended, in milliseconds. */
const grace = 2_000;

let kept = false;

/**
 * Lets the last events of an operation arrive. The Automation API shuts its receiver down the moment the CLI has ended
 * (`cleanUp` in `sdk/nodejs/automation/stack.ts`): on a busy machine what the engine said last, such as a deletion, is
 * then still on its way and is lost. Runs once; other servers are left alone.
 */
export function keepLateEvents(): void {
  if (kept) return;
  kept = true;
  const { prototype } = Server;
  const forceShutdown = Object.getOwnPropertyDescriptor(prototype, "forceShutdown")?.value as (this: Server) => void;
  prototype.forceShutdown = function (this: Server) {
    if (!receivesEvents(this)) {
      forceShutdown.call(this);
      return;
    }
    const timer = setTimeout(() => forceShutdown.call(this), grace);
    timer.unref();
    this.tryShutdown(() => clearTimeout(timer));
  };
}

/** Whether it is the Automation API's receiver of engine events. */
function receivesEvents(server: Server): boolean {
  const { handlers } = server as unknown as { readonly handlers?: ReadonlyMap<string, unknown> };
  return [...(handlers?.keys() ?? [])].some((name) => name.startsWith("/pulumirpc.Events/"));
}
