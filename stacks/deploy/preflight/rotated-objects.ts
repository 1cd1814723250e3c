import { retakeCommand } from "../../../components/backends/retake.ts";
import { isAnother, type FoundObject, type Survey } from "../../../components/backends/survey.ts";
import type { Issue } from "../../../components/support/messages/errors.ts";
import type { SecretSpec } from "../../../components/values/secret-spec.ts";
import { required } from "../required.ts";
import type { PreflightObject, PreflightStore } from "./contract.ts";
import { beginsRotation, epochBackCommand } from "../../../components/values/rotations.ts";

export interface RotatedObjectsArgs {
  readonly stores: readonly PreflightStore[];
  readonly surveys: ReadonlyMap<string, Survey>;
  /** Secrets (`<app>/<secret>`) that this run begins to give new values. */
  readonly rotated: ReadonlySet<string>;
  /** Logical names of what the state has. */
  readonly names: ReadonlySet<string>;
}

/**
 * Objects that would not take the new value: since the state was written, somebody deleted them, or made others of their names. Targets
 * would have been told by the time that their stores refuse. Asking finds a store that does not answer as well.
 */
export async function rotatedObjectIssues({
  stores,
  surveys,
  rotated,
  names,
}: RotatedObjectsArgs): Promise<readonly Issue[]> {
  const found = await Promise.all(
    stores.map(async ({ name: store, session, objects }) => {
      const { owned } = required(surveys.get(store), `survey of store ${store}`);
      const asked = objects.filter(
        (each) => rotated.has(each.spec.id) && isWritten(each) && owned.has(each.remoteName),
      );
      if (asked.length === 0) return [];
      const existing = await session.existing(asked.map(({ remoteName }) => remoteName));
      return asked.flatMap((object): readonly Issue[] => {
        const held = existing.get(object.remoteName);
        if (held === undefined) return session.needsObject === true ? [deleted(store, object, names)] : [];
        return isAnother(held, owned.get(object.remoteName)) ? [madeAnew(store, object, { held, names })] : [];
      });
    }),
  );
  return found.flat();
}

function isWritten({ referencedBy, isReplica }: PreflightObject): boolean {
  return referencedBy === undefined && isReplica !== true;
}

function deleted(store: string, { spec, remoteName }: PreflightObject, names: ReadonlySet<string>): Issue {
  const back = rotationBack(spec, names);
  return {
    path: spec.id,
    problem: `it is to get a new value, and "${remoteName}" was deleted from store ${store} outside this program`,
    fix: `${back === "" ? "" : "first write the value of the state again: "}${back}pulumi refresh && pulumi up`,
  };
}

interface Other {
  readonly held: FoundObject;
  readonly names: ReadonlySet<string>;
}

function madeAnew(store: string, { spec, remoteName }: PreflightObject, { held, names }: Other): Issue {
  return {
    path: spec.id,
    problem: `it is to get a new value, and "${remoteName}" was deleted from store ${store} and made anew outside this program: it is ${held.id ?? ""} now`,
    fix: `first adopt it (refused if any value would be lost): ${rotationBack(spec, names)}${retakeCommand([spec.id])}`,
  };
}

/** What takes a rotation back, before another command; nothing where it is a configured value that has changed. */
function rotationBack(spec: SecretSpec, names: ReadonlySet<string>): string {
  return beginsRotation(spec, names) ? `${epochBackCommand(spec, names)} && ` : "";
}
