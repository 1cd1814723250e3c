import { runtime } from "@pulumi/pulumi";

const { waitForRPCs } = runtime as unknown as { readonly waitForRPCs: () => Promise<void> };

/** Runs something and returns what it threw, unhandled rejections of resources included, as Pulumi's own host does. */
export async function collectErrors(body: () => Promise<void>): Promise<readonly unknown[]> {
  const errors = new Set<unknown>();
  const others = process.listeners("unhandledRejection");
  const collect = (reason: unknown) => void errors.add(reason);
  process.removeAllListeners("unhandledRejection");
  process.on("unhandledRejection", collect);
  try {
    await body().catch(collect);
    await settled(errors);
  } finally {
    process.removeListener("unhandledRejection", collect);
    for (const listener of others) process.on("unhandledRejection", listener);
  }
  return [...errors];
}

/**
 * Waits until nothing is under way: no request to the engine, and no callback of an output that could make one. After an
 * error some requests never end, so they are waited for no longer.
 */
async function settled(errors: ReadonlySet<unknown>): Promise<void> {
  let waiting = true;
  const requests = (async () => {
    for (let quiet = 0; quiet < 5; quiet += 1) {
      await waitForRPCs();
      await nextTurn();
    }
    waiting = false;
  })();
  const errorsOnly = (async () => {
    for (let turn = 0; turn < 20;) {
      await nextTurn();
      if (!waiting) return;
      if (errors.size > 0) turn += 1;
    }
  })();
  await Promise.race([requests, errorsOnly]);
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
