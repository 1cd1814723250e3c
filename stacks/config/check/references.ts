import { backendOf, type RemoteStoreSpec } from "../../../components/backends/index.ts";
import { referencePath, type ReferencedKey, type SecretReference } from "../../../components/backends/references.ts";
import {
  blank,
  configPath,
  removeCommand,
  removeIfGone,
  setCommand,
} from "../../../components/support/messages/config-command.ts";
import type { Issue } from "../../../components/support/messages/errors.ts";
import { quotedName } from "../../../components/support/messages/printable.ts";
import { received } from "../../../components/support/messages/received.ts";
import { listed, thereAre } from "../../../components/support/messages/suggestions.ts";
import { isAdoptedFromStores, keysGivenUp, type SecretSpec } from "../../../components/values/secret-spec.ts";
import { placementsOf, type Environment } from "../environment.ts";

type Described = Pick<Environment, "stores" | "secrets" | "placements">;

/**
 * References of stores that say nothing, or something that the store can't do. Pure.
 *
 * @param before the secrets as facts have them that are about no store.
 */
export function checkReferences(environment: Described, before: readonly SecretSpec[]): readonly Issue[] {
  return [
    ...[...environment.stores.values()].flatMap((store) =>
      Object.entries(store.references ?? {}).flatMap(([id, reference]) => [
        ...entryIssues(environment, store, id, reference),
        ...descriptionIssues(store, id, reference),
        ...schemeIssues(environment, store, id, reference),
      ]),
    ),
    ...before.flatMap((secret) => adoptionIssues(secret, environment.secrets)),
  ];
}

/** An entry for a secret that is not in the store, for keys that it has not, or beside one that excludes it. */
function entryIssues(
  environment: Described,
  { name: store }: RemoteStoreSpec,
  id: string,
  { keys }: SecretReference,
): readonly Issue[] {
  const path = referencePath(store, id);
  const secret = environment.secrets.find((each) => each.id === id);
  if (secret === undefined) {
    const known = environment.secrets.map((each) => each.id);
    return [{ path, problem: `no such secret; ${thereAre(id, known)}`, fix: removeIfGone(path) }];
  }
  const fix = removeCommand(path);
  if (secret.origin.kind === "in-cluster") {
    return [{ path, problem: "the secret is also under generatedInCluster, which excludes this", fix }];
  }
  if (!placementsOf(environment, id).some((each) => each.store.name === store)) {
    const why =
      secret.storedIn === undefined
        ? `no namespace that gets the secret reads store ${store}`
        : `${configPath(["storedIn", id])} does not name store ${store}`;
    return [{ path, problem: `has no effect: ${why}`, fix }];
  }
  const names = Object.keys(secret.keys);
  return Object.keys(keys)
    .filter((key) => !names.includes(key))
    .map((key) => ({
      path: keyPath(store, id, key),
      problem: `the secret has no key ${quotedName(key)} in this environment; it has ${listed(names)}`,
      fix: removeCommand(keyPath(store, id, key)),
    }));
}

/** Objects in another layout than the store's, for which its scheme makes no names. */
function schemeIssues(
  environment: Described,
  store: RemoteStoreSpec,
  id: string,
  { layout }: SecretReference,
): readonly Issue[] {
  const usual = backendOf(store).traits(store).layout;
  if (store.nameScheme === undefined || layout === undefined || layout === usual) return [];
  const placement = placementsOf(environment, id).find((each) => each.store.name === store.name);
  const unnamed = (placement?.objects ?? []).filter(({ namedBy }) => namedBy === undefined);
  return unnamed.map(({ keys }) => {
    const entry = layout === "bundle" ? id : `${id}/${keys[0] ?? ""}`;
    return {
      path: `${referencePath(store.name, id)}.layout`,
      problem: `is ${layout}, and the store's nameScheme makes names for ${usual}: ${entry} has no name`,
      fix: setCommand(["stores", store.name, "remoteNames", entry], blank("name of the object")),
    };
  });
}

/** What the store has not: versions of that form, text that is no JSON, keys of the customer's. */
function descriptionIssues(store: RemoteStoreSpec, id: string, reference: SecretReference): readonly Issue[] {
  const rules = backendOf(store).references;
  const path = referencePath(store.name, id);
  const versionIssues = (at: string, { version }: Pick<ReferencedKey, "version">): readonly Issue[] =>
    version === undefined || rules.isVersion(version)
      ? []
      : [{ path: `${at}.version`, problem: `must be ${rules.versions}, ${received(version)}` }];
  return [
    ...versionIssues(path, reference),
    ...(reference.kmsKeyArn === undefined || rules.namesKeys
      ? []
      : [
          {
            path: `${path}.kmsKeyArn`,
            problem: `has no effect: a store of kind ${store.kind} decrypts for its readers, who need no right to a key`,
            fix: removeCommand(`${path}.kmsKeyArn`),
          },
        ]),
    ...Object.entries(reference.keys).flatMap(([key, each]) => [
      ...versionIssues(keyPath(store.name, id, key), each),
      ...(each.whole === true && rules.alwaysJson
        ? [
            {
              path: `${keyPath(store.name, id, key)}.whole`,
              problem: `an object in a store of kind ${store.kind} has named values and no text of its own`,
              fix: "name the property that holds the value: property",
            },
          ]
        : []),
    ]),
  ];
}

function keyPath(store: string, id: string, key: string): string {
  return configPath(["stores", store, "references", id, "keys", key]);
}

/** Nothing is written of a secret that every store has from somebody else, and so nothing is adopted. */
function adoptionIssues(before: SecretSpec, secrets: readonly SecretSpec[]): readonly Issue[] {
  const { id } = before;
  const { origin } = secrets.find((each) => each.id === id) ?? before;
  if (origin.kind !== "referenced" || origin.byStores !== true) return [];
  const facts = [
    ...(isAdoptedFromStores(before) ? ["adopt"] : []),
    ...(keysGivenUp(before).length > 0 ? ["adoptWithout"] : []),
  ];
  return facts.map((fact) => ({
    path: configPath([fact, id]),
    problem: "has no effect: each store of the secret has it under references, so that nothing of it is written",
    fix: removeCommand([fact, id]),
  }));
}
