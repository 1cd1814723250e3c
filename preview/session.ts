import { output, secret, unknown } from "@pulumi/pulumi";
import type { RemoteStoreSpec, StoreSession } from "../components/stores/contract.ts";

/**
 * Wraps a session so that it registers what the real one registers without contacting the store. Calls of Pulumi
 * functions are answered by `answers/`; calls of our own clients are answered here.
 *
 * @param held remote names that exist according to the facts.
 */
export function offlineSession(
  { kind }: RemoteStoreSpec,
  session: StoreSession,
  held: readonly string[],
): StoreSession {
  const names = new Set(held);
  const answers: Partial<StoreSession> = {
    // Only the store knows what it holds.
    readableOncePrepared: true,
    read: () => secret(output(unknown as unknown as string)),
    // Key Vault is listed through its data plane. The other sessions list through Pulumi functions, and keep part of the answer.
    ...(kind === "azure-key-vault"
      ? { existing: (asked) => Promise.resolve(new Set(asked.filter((name) => names.has(name)))) }
      : {}),
  };
  return new Proxy(session, {
    get(target, key) {
      if (Object.hasOwn(answers, key)) return answers[key as keyof StoreSession];
      const member: unknown = Reflect.get(target, key);
      // Bound to the session: a proxy has no access to private fields.
      return typeof member === "function" ? (member.bind(target) as unknown) : member;
    },
  });
}
