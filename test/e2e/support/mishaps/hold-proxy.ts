import { connect, createServer, type AddressInfo, type Socket } from "node:net";

/** A proxy in front of a server on 127.0.0.1 that can keep what clients send from it, or be as good as gone. */
export interface HoldProxy {
  readonly port: number;
  /** From now on nothing of a new connection reaches the server. Resolves at the first one. */
  readonly hold: () => Promise<void>;
  /** From now on every connection is closed, those that there are among them. */
  readonly drop: () => void;
  /** Passes on so many new connections more, and closes every one after them. */
  readonly dropAfter: (connections: number) => void;
  /** Passes connections on again; those that were held are closed. */
  readonly release: () => void;
  readonly close: () => Promise<void>;
}

/** Starts one on a free port. */
export async function startHoldProxy(target: number): Promise<HoldProxy> {
  let held: PromiseWithResolvers<void> | undefined;
  let isDropped = false;
  /** New connections that are passed on until every one is closed. */
  let left = Infinity;
  const sockets = new Set<Socket>();
  const kept = new Set<Socket>();
  const server = createServer((client) => {
    sockets.add(client);
    client.on("error", () => client.destroy());
    client.on("close", () => sockets.delete(client));
    if (isDropped || left === 0) {
      client.destroy();
      return;
    }
    left -= 1;
    if (held !== undefined) {
      kept.add(client);
      held.resolve();
      return;
    }
    const onward = connect(target, "127.0.0.1");
    onward.on("error", () => client.destroy());
    onward.on("close", () => client.destroy());
    client.on("close", () => onward.destroy());
    client.pipe(onward).pipe(client);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    hold: () => (held ??= Promise.withResolvers<void>()).promise,
    drop: () => {
      isDropped = true;
      for (const each of sockets) each.destroy();
    },
    dropAfter: (connections) => {
      left = connections;
    },
    release: () => {
      [held, isDropped, left] = [undefined, false, Infinity];
      for (const each of kept) each.destroy();
      kept.clear();
    },
    close: async () => {
      for (const each of sockets) each.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
