import { namingPath } from "../../../components/backends/remote-names.ts";
import type { OwnedObject, Survey } from "../../../components/backends/survey.ts";
import { configPath, removeCommand, setCommand } from "../../../components/support/messages/config-command.ts";
import type { Issue } from "../../../components/support/messages/errors.ts";
import { isMadeHere } from "../../../components/values/secret-spec.ts";
import type { PreflightObject, PreflightStore } from "./contract.ts";

type Owned = ReadonlyMap<string, OwnedObject>;

/**
 * What the state has under another name, or is to be somebody else's from now on, would be deleted: at the end of the
 * run, after whatever is written there. Pure.
 */
export function ownerIssues(store: Omit<PreflightStore, "session">, owned: Owned): readonly Issue[] {
  return store.objects.flatMap((object): readonly Issue[] => {
    const { spec, remoteName, resource } = object;
    const known = knownName(owned, remoteName, store);
    const path = ownedElsewhere(object);
    if (path !== undefined) {
      // It may have another name by now; what the state has goes all the same.
      const held = known ?? nameBefore(owned, resource);
      if (held === undefined) return [];
      const problem = `"${held}" in store ${store.name} is managed by this stack, which would now delete it`;
      return [{ path, problem, fix: removeCommand(path) }];
    }
    if (known === undefined) return [];
    const owner = owned.get(known)?.resource;
    if (owner !== resource) {
      const problem = `"${remoteName}" in store ${store.name} is ${owner} in the state, which would be deleted after this run had written it as ${resource}`;
      return [
        { path: spec.id, problem, fix: "leave names as they were, or follow docs/operations.md#rename-a-secret" },
      ];
    }
    return known === remoteName ? [] : [spelledOtherwise(store.name, object, known)];
  });
}

/** The name in the state that the store takes for this one. */
function knownName(owned: Owned, name: string, { canonicalName }: Pick<PreflightStore, "canonicalName">) {
  if (owned.has(name) || canonicalName === undefined) return owned.has(name) ? name : undefined;
  return [...owned.keys()].find((each) => canonicalName(each) === canonicalName(name));
}

/** The name that the object of a resource has in the state. */
function nameBefore(owned: Owned, resource: string): string | undefined {
  return [...owned].find(([, each]) => each.resource === resource)?.[0];
}

/** To Pulumi the two names are two objects, of which the second is deleted at the end; to the store they are one. */
function spelledOtherwise(store: string, { spec, remoteName, namedBy }: PreflightObject, known: string): Issue {
  const path = namedBy === undefined ? spec.id : namingPath(store, { namedBy });
  return {
    path,
    problem: `"${remoteName}" in store ${store} is "${known}" in the state, which the store takes for the same name: it would be deleted after this run had written it`,
    fix: namedBy === undefined ? "leave names as they were" : setCommand(path, known),
  };
}

/** Path of the fact that makes another writer own a secret. */
function ownedElsewhere({ spec: { id, origin }, referencedBy }: PreflightObject): string | undefined {
  return referencedBy ?? (origin.kind === "in-cluster" ? configPath(["generatedInCluster", id]) : undefined);
}

/**
 * For people: what gets another name in a store. The state has its values, which are written under the new name before
 * the old object goes. Names only. Pure.
 */
export function moveNotes(
  stores: readonly PreflightStore[],
  surveys: ReadonlyMap<string, Survey>,
  { retain }: { readonly retain: boolean },
): readonly string[] {
  return stores.flatMap(({ name: store, objects }) => {
    const owned: Owned = surveys.get(store)?.owned ?? new Map();
    return objects.flatMap(({ spec, remoteName, resource, referencedBy }) => {
      const isOurs = isMadeHere(spec) && referencedBy === undefined;
      const before = owned.has(remoteName) || !isOurs ? undefined : nameBefore(owned, resource);
      if (before === undefined) return [];
      const end = retain ? "stays in the store" : "is deleted at the end of the run";
      return [`moving ${spec.id} in store ${store} from "${before}" to "${remoteName}": the old object ${end}`];
    });
  });
}
