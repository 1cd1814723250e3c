import { runtime } from "@pulumi/pulumi";

const { waitForRPCs } = runtime as unknown as { readonly waitForRPCs: () => Promise<void> };

/** Runs `body` and collects every error, including unhandled rejections of resources, as Pulumi's own host does. */
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
 * Waits until no request to the engine is pending and no output callback could send one. After an error some requests
 * never finish, so the wait ends after a few more turns.
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
