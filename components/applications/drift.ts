import { log } from "@pulumi/pulumi";
import type { StoredObject, StoredSecret } from "../backends/contract.ts";
import type { StoreSession } from "../backends/session.ts";
import { restore } from "../backends/examiner.ts";
import { retakeCommand } from "../backends/retake.ts";
import { isAnother, type Survey } from "../backends/survey.ts";

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
    const found = existing.get(remoteName);
    if (found === undefined) {
      await log.warn(
        `drift: "${remoteName}" (${id}) was deleted from store ${store} outside this program.\n` +
          `    fix: pulumi up --refresh writes the same value again`,
      );
      continue;
    }
    if (isAnother(found, owned.get(remoteName))) {
      await log.warn(
        `drift: "${remoteName}" (${id}) was deleted from store ${store} and made anew outside this program: it is ${found.id ?? ""} now, which namespaces have no right to read.\n` +
          `    fix: to adopt it (refused if any value would be lost): ${retakeCommand([id])}`,
      );
      continue;
    }
    intact().apply((same) => {
      if (same) return;
      void log.warn(
        `drift: "${remoteName}" (${id}) in store ${store} was changed outside this program.\n` +
          `    fix: ${restoring(session.restoreCommand(remoteName, owned.get(remoteName)))}; to keep the new value instead: docs/operations.md#keep-a-value`,
      );
    });
  }
}

/** An object that was deleted and made anew under its name has no version of this program any more. */
function restoring(command: string): string {
  return command === restore ? command : `${command}; if that version is gone: ${restore}`;
}

/** Objects of a secret that the state knows. */
function comparable(id: string, objects: readonly StoredObject[]) {
  return objects.flatMap(({ object, intact }) =>
    intact === undefined ? [] : [{ id, remoteName: object.name, intact }],
  );
}
