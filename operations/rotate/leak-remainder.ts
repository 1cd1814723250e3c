import { backendOf } from "../../components/backends/index.ts";
import { ExpectedError } from "../../components/support/messages/errors.ts";
import { frozenKeys } from "../../components/values/derived.ts";
import { isMadeHere, type SecretSpec } from "../../components/values/secret-spec.ts";
import { placementsOf, type Environment } from "../../stacks/config/environment.ts";
import { isOpen, type LeakEntry, type LeakJournal } from "./leak-journal.ts";
import type { PreviousVersion } from "./model.ts";
import { isWritten } from "./steps.ts";
import type { RotationTools } from "./tools.ts";

/** What a rotation after a leak has left to do, and what of it can't be done any more. */
interface StillRotated {
  readonly journal: LeakJournal | undefined;
  /** Not done to their end, and no secrets with values of this environment's own any more. */
  readonly gone: readonly LeakEntry[];
}

export function stillRotated(noted: LeakJournal | undefined, { secrets }: Environment): StillRotated {
  if (noted === undefined) return { journal: undefined, gone: [] };
  const rotated = new Set(
    secrets.filter((spec) => isMadeHere(spec) && frozenKeys(spec).length > 0).map(({ id }) => id),
  );
  const gone = noted.secrets.filter(({ id }) => !rotated.has(id)).filter(isOpen);
  return { journal: { ...noted, secrets: noted.secrets.filter(({ id }) => rotated.has(id)) }, gone };
}

export function goneNote(id: string, noted: LeakJournal | undefined): string {
  return `${id} was to be rotated after the leak of ${noted?.since ?? ""}, and is not rotated here any more: see to it that what it was is not accepted any longer`;
}

export function leakFirst({ stack }: RotationTools, { secrets, since }: LeakJournal): ExpectedError {
  const left = secrets.filter(isOpen).map(({ id }) => id);
  return new ExpectedError(
    `Nothing was changed: a rotation after a leak, begun at ${since}, is not finished (${left.join(", ")}).\n` +
      `    fix: npx secrets rotate ${left.join(" ")} --leaked --stack ${stack}`,
  );
}

/** What stores keep of the values before, which somebody may read still. */
export function previousVersionsOf(
  environment: Environment,
  secrets: readonly SecretSpec[],
): readonly PreviousVersion[] {
  return secrets.flatMap(({ id }) =>
    placementsOf(environment, id)
      .filter(isWritten)
      .flatMap(({ store, objects }) => {
        const { kept, disable } = backendOf(store).previousVersions(store, environment.policy);
        return objects.map(({ name }) => ({
          store: store.name,
          object: name,
          kept,
          ...(disable === undefined ? {} : { disable: disable(name) }),
        }));
      }),
  );
}
