import { output, secret, unknown } from "@pulumi/pulumi";
import type { RemoteStoreSpec } from "../components/backends/index.ts";
import type { StoreSession } from "../components/backends/session.ts";
import { foundNames } from "../components/backends/survey.ts";

/**
 * A session that registers what the real one registers, and asks the store nothing. Questions that go through Pulumi's
 * functions are answered there (`answers/`); those of clients of our own are answered here.
 *
 * @param held remote names that exist, as far as the facts say so.
 */
export function offlineSession(
  { kind }: RemoteStoreSpec,
  session: StoreSession,
  held: readonly string[],
): StoreSession {
  const names = new Set(held);
  // What a store holds is not known before it is asked.
  const { read: _, ...others } = session;
  const read = () => secret(output(unknown as unknown as string));
  return {
    ...others,
    // Key Vault is listed by its data plane. What others say of an object decides what is registered, so they are asked.
    ...(kind === "azure-key-vault"
      ? { existing: (asked) => Promise.resolve(foundNames(asked.filter((name) => names.has(name)))) }
      : {}),
    labelsOf: () => Promise.resolve({ absent: true }),
    inspect: () => Promise.resolve({ missing: [], unchecked: [] }),
    prepare: (survey) => ({ ...session.prepare(survey), read }),
  };
}
