import type { NotAsked } from "../../components/backends/examiner.ts";
import { backendOf, type RemoteStoreSpec } from "../../components/backends/index.ts";
import type { OldVersions } from "../../components/backends/old-versions.ts";
import type { SecretSpec } from "../../components/values/secret-spec.ts";
import { placementsOf, type Environment } from "../../stacks/config/environment.ts";
import type { OldVersionsFound } from "./model.ts";
import { isWritten } from "./steps.ts";
import { step, type RotationTools } from "./tools.ts";

/** Opens a store for its old versions, with credentials in these environment variables. */
export async function openOldVersions(
  store: RemoteStoreSpec,
  variable: (name: string) => string | undefined,
): Promise<OldVersions | NotAsked> {
  const { open } = await backendOf(store).loadOldVersions();
  return open(store, variable);
}

/** Looks at the old versions of secrets in every store that they are written to. Changes nothing. */
export async function findOldVersions(
  tools: Pick<RotationTools, "oldVersions" | "onStep" | "signal">,
  environment: Environment,
  secrets: readonly Pick<SecretSpec, "id">[],
): Promise<readonly OldVersionsFound[]> {
  const found: OldVersionsFound[] = [];
  for (const { store, object } of objectsOf(environment, secrets)) {
    step(tools, `asking ${store.name} for old versions of ${object}`);
    found.push({ store: store.name, object, ...(await listed(await tools.oldVersions(store), object)) });
  }
  return found;
}

/**
 * Makes the old versions of secrets unreadable, once whoever asked agrees to what was found. A version that became the newest one
 * meanwhile is left: each object is looked at again before.
 */
export async function disableOldVersions(
  tools: Pick<RotationTools, "oldVersions" | "agree" | "onStep" | "signal">,
  environment: Environment,
  { rotations: secrets }: { readonly rotations: readonly Pick<SecretSpec, "id">[] },
): Promise<readonly OldVersionsFound[]> {
  const found = await findOldVersions(tools, environment, secrets);
  if (found.every(({ versions }) => versions.length === 0) || !(await tools.agree(found))) return found;
  const done: OldVersionsFound[] = [];
  for (const { store, object } of objectsOf(environment, secrets)) {
    step(tools, `disabling old versions of ${object} in ${store.name}`);
    done.push({ store: store.name, object, ...(await disabled(await tools.oldVersions(store), object)) });
  }
  return done;
}

type Result = Pick<OldVersionsFound, "versions" | "disabled" | "problem">;

async function listed(opened: OldVersions | NotAsked, object: string): Promise<Result> {
  if ("reason" in opened) return { versions: [], problem: opened.reason };
  const told = await opened.list(object);
  if ("value" in told) return { versions: told.value };
  return { versions: [], problem: "refused" in told ? told.refused : "the store does not have it" };
}

async function disabled(opened: OldVersions | NotAsked, object: string): Promise<Result> {
  const { versions, problem } = await listed(opened, object);
  if ("reason" in opened || problem !== undefined) return { versions, ...(problem === undefined ? {} : { problem }) };
  const done: string[] = [];
  for (const version of versions) {
    const told = await opened.disable(object, version);
    if ("value" in told) done.push(version);
    else return { versions, disabled: done, problem: "refused" in told ? told.refused : `version ${version} is gone` };
  }
  return { versions, disabled: done };
}

/** Every object that a secret is written to here: replicas follow, and what others write is theirs. */
function objectsOf(environment: Environment, secrets: readonly Pick<SecretSpec, "id">[]) {
  return secrets.flatMap(({ id }) =>
    placementsOf(environment, id)
      .filter(isWritten)
      .flatMap(({ store, objects }) => objects.map(({ name }) => ({ store, object: name }))),
  );
}
