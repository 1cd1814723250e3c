import { output, secret, unknown } from "@pulumi/pulumi";
import type { RemoteStoreSpec, StoreSession } from "../components/stores/contract.ts";

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
  const answers: Partial<StoreSession> = {
    // What a store holds is not known before it is asked.
    readableOncePrepared: true,
    read: () => secret(output(unknown as unknown as string)),
    // Key Vault is listed by its data plane. Others note what they need of the answer, so they are asked themselves.
    ...(kind === "azure-key-vault"
      ? { existing: (asked) => Promise.resolve(new Set(asked.filter((name) => names.has(name)))) }
      : {}),
  };
  return new Proxy(session, {
    get(target, key) {
      if (Object.hasOwn(answers, key)) return answers[key as keyof StoreSession];
      const member: unknown = Reflect.get(target, key);
      // Bound, since the session's private fields are not the proxy's.
      return typeof member === "function" ? (member.bind(target) as unknown) : member;
    },
  });
}
