import { log } from "@pulumi/pulumi";
import type { OwnedObject, StoreSession } from "../backends/session.ts";

/** A remote object that the state knows. */
export interface KnownObject extends OwnedObject {
  /** `<app>/<secret>`. */
  readonly id: string;
  readonly remoteName: string;
}

/**
 * Warns of remote values that were changed or deleted behind the state's back. Pulumi's own refresh reports neither for
 * Vault. What is compared is the last value written, so a rotation is no drift. Values stay within this process.
 */
export async function reportDrift(store: string, session: StoreSession, known: readonly KnownObject[]): Promise<void> {
  if (known.length === 0) return;
  const existing = await session.existing(known.map(({ remoteName }) => remoteName));
  for (const { id, remoteName, intact } of known) {
    if (!existing.has(remoteName)) {
      await log.warn(
        `drift: store ${store} no longer holds "${remoteName}" (${id}): it was deleted by hand.\n` +
          `    fix: pulumi up --refresh writes the same value again`,
      );
      continue;
    }
    intact().apply((same) => {
      if (same) return;
      void log.warn(
        `drift: "${remoteName}" (${id}) was changed by hand in store ${store}.\n` +
          `    fix: ${session.healing(remoteName)}; or keep the new value: docs/operations.md#drift`,
      );
    });
  }
}
