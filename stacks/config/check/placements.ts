import { checkIdentity } from "../../../components/backends/identities.ts";
import { checkSecretShape } from "../../../components/backends/index.ts";
import { configPath, removeCommand } from "../../../components/support/config-command.ts";
import type { Issue } from "../../../components/support/errors.ts";
import {
  initialEpoch,
  isAdoptedFromStores,
  preferredHolder,
  type SecretSpec,
} from "../../../components/values/secret-spec.ts";
import { placementsOf, plainConsumersOf, readsStore, type Environment, type Placement } from "../environment.ts";
import type { DeliveryDraft } from "../resolve/deliveries.ts";
import { shapeOfSecret } from "../resolve/secret-shape.ts";

/** What the stores would refuse, names that two secrets would share, and secrets that lie nowhere. Pure. */
export function checkPlacements(
  environment: Environment,
  /** Every delivery of the catalogue, be its namespace resolved or not. */
  deliveries: readonly DeliveryDraft[],
): readonly Issue[] {
  return [
    ...environment.secrets.flatMap((secret) => [
      ...rotatedElsewhere(secret),
      ...missingWithout(secret),
      ...unconsumed(secret, deliveries),
      ...nothingHeld(environment, secret),
      ...placementsOf(environment, secret.id).flatMap(({ store }) =>
        checkSecretShape(store, shapeOfSecret(environment, secret)),
      ),
    ]),
    ...collisions(environment.placements),
  ];
}

/** Nothing of a secret is rotated here that somebody else makes. */
function rotatedElsewhere({ id, epoch, origin }: SecretSpec): readonly Issue[] {
  if (origin.kind !== "referenced" || epoch === initialEpoch) return [];
  return [
    {
      path: configPath(["rotations", id]),
      problem: `has no effect: the secret is under reference too, and whoever makes its values rotates them`,
      fix: removeCommand(["rotations", id]),
    },
  ];
}

/** Keys that need not be found when a secret is taken over, and that it does not have. */
function missingWithout({ id, keys, origin }: SecretSpec): readonly Issue[] {
  if (origin.kind !== "adopted") return [];
  return origin.without.flatMap((key, index): readonly Issue[] => {
    if (Object.hasOwn(keys, key)) return [];
    const path = ["adoptWithout", id, index];
    const problem = `has no effect: the secret has no such key in this environment; it has ${Object.keys(keys).join(", ")}`;
    return [{ path: configPath(path), problem, fix: removeCommand(path) }];
  });
}

/** A secret whose keys are all of other environments, or optional and not set, is just not there. */
function unconsumed({ id, app, name, keys }: SecretSpec, deliveries: readonly DeliveryDraft[]): readonly Issue[] {
  const isConsumed = deliveries.some((delivery) => delivery.keys.some(({ secret }) => secret === id));
  if (isConsumed || Object.keys(keys).length === 0) return [];
  return [
    {
      path: `catalogue.${app}.secrets["${name}"]`,
      problem: "goes to no store: no namespace consumes it",
      fix: "add a delivery, or remove the secret",
    },
  ];
}

function collisions(placements: readonly Placement[]): readonly Issue[] {
  const owners = new Map<string, string>();
  return placements.flatMap(({ secret, store, objects }) =>
    objects.flatMap((object): readonly Issue[] => {
      // Key Vault and Parameter Store do not tell capitals from small letters everywhere; two names never differ by them alone.
      const place = `${store.name}\n${object.name.toLowerCase()}`;
      const owner = `${secret.id}${object.layout === "bundle" ? "" : ` ${object.keys[0] ?? ""}`}`;
      const other = owners.get(place);
      owners.set(place, owner);
      if (other === undefined) return [];
      return [{ path: `stores.${store.name}`, problem: `${other} and ${owner} both map to "${object.name}"` }];
    }),
  );
}

/**
 * What is delivered plain alone lies in no store where it could be taken over from. What is only referenced must be in the
 * store of each namespace: the program has no value of it to write. An entry may still choose between Secrets of clusters.
 */
function nothingHeld(environment: Environment, secret: SecretSpec): readonly Issue[] {
  const plain = plainConsumersOf(environment, secret);
  if (plain.length === 0) return [];
  const inStores = placementsOf(environment, secret.id).length > 0;
  const fact =
    secret.origin.kind === "referenced"
      ? "reference"
      : isAdoptedFromStores(secret) && preferredHolder(secret) === undefined && !inStores
        ? "adopt"
        : undefined;
  if (fact === undefined) return [];
  const names = [...new Set(plain.map(({ name }) => name))].join(", ");
  return [
    {
      path: `${fact}["${secret.id}"]`,
      problem: `namespace ${names} gets it plain (via), from no store where there is anything to ${fact}`,
      fix: "put the value into a store first, or remove the entry",
    },
  ];
}

/** What keeps a namespace from reading its store: a cluster that does not say who issues its tokens, and the like. Pure. */
export function checkIdentities({ namespaces }: Pick<Environment, "namespaces">): readonly Issue[] {
  return namespaces
    .filter(readsStore)
    .filter(({ store }) => store.staticCredentials !== true)
    .flatMap(({ store, cluster }) => checkIdentity(store, cluster));
}
