import { log } from "@pulumi/pulumi";
import type { StoredObject, StoredSecret } from "../backends/contract.ts";
import type { StoreSession } from "../backends/session.ts";
import type { Survey } from "../backends/survey.ts";

export interface DriftArgs {
  /** Name of the store. */
  readonly store: string;
  readonly session: Pick<StoreSession, "existing" | "restoreCommand">;
  readonly owned: Survey["owned"];
  /** What this run stored there, by `<app>/<secret>`. */
  readonly stored: ReadonlyMap<string, StoredSecret>;
}

/**
 * Warns of remote values that were changed or deleted outside this program. Pulumi's own refresh reports neither for
 * Vault. What is compared is the last value written, so a rotation is no drift. Values stay within this process.
 */
export async function reportDrift({ store, session, owned, stored }: DriftArgs): Promise<void> {
  const known = [...stored].flatMap(([id, secret]) => (secret.kind === "remote" ? comparable(id, secret.objects) : []));
  if (known.length === 0) return;
  const existing = await session.existing(known.map(({ remoteName }) => remoteName));
  for (const { id, remoteName, intact } of known) {
    if (!existing.has(remoteName)) {
      await log.warn(
        `drift: "${remoteName}" (${id}) was deleted from store ${store} outside this program.\n` +
          `    fix: pulumi up --refresh writes the same value again`,
      );
      continue;
    }
    intact().apply((same) => {
      if (same) return;
      void log.warn(
        `drift: "${remoteName}" (${id}) in store ${store} was changed outside this program.\n` +
          `    fix: ${session.restoreCommand(remoteName, owned.get(remoteName))}; to keep the new value instead: docs/operations.md#keep-a-value`,
      );
    });
  }
}

/** Objects of a secret that the state knows. */
function comparable(id: string, objects: readonly StoredObject[]) {
  return objects.flatMap(({ object, intact }) =>
    intact === undefined ? [] : [{ id, remoteName: object.name, intact }],
  );
}
