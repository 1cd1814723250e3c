import { all, log } from "@pulumi/pulumi";
import type { SecretValues } from "../values/values.ts";
import type { StoreSession } from "../stores/contract.ts";
import { sameValues } from "./guard.ts";

/** A remote object that the state knows. */
export interface OwnedObject {
  /** `<app>/<secret>`. */
  readonly id: string;
  readonly remoteName: string;
  /** What was written last, as the state has it. */
  readonly written: SecretValues;
}

/**
 * Warns of remote values that were changed or deleted behind the state's back. Pulumi's own refresh reports neither for
 * Vault. What is compared is the last value written, so a rotation is no drift. Values stay within this process.
 */
export async function reportDrift(store: string, session: StoreSession, owned: readonly OwnedObject[]): Promise<void> {
  if (owned.length === 0) return;
  const existing = await session.existing(owned.map(({ remoteName }) => remoteName));
  for (const { id, remoteName, written } of owned) {
    if (!existing.has(remoteName)) {
      await log.warn(
        `drift: store ${store} no longer holds "${remoteName}" (${id}): it was deleted by hand.\n` +
          `    fix: pulumi up --refresh writes the same value again`,
      );
      continue;
    }
    all([written, session.read(remoteName)]).apply(([ours, theirs]) => {
      if (theirs !== undefined && sameValues(ours, theirs)) return;
      void log.warn(
        `drift: "${remoteName}" (${id}) was changed by hand in store ${store}.\n` +
          `    fix: ${session.healing(remoteName)}; or keep the new value: docs/operations.md#drift`,
      );
    });
  }
}
