import { namingPath } from "../../../components/backends/remote-names.ts";
import { checkIdentity } from "../../../components/backends/identities.ts";
import type { RemoteObject } from "../../../components/backends/remote-object.ts";
import { backendOf, checkSecretShape } from "../../../components/backends/index.ts";
import { blank, configPath, removeCommand, setCommand } from "../../../components/support/messages/config-command.ts";
import type { Issue } from "../../../components/support/messages/errors.ts";
import {
  initialEpoch,
  isAdoptedFromStores,
  preferredHolder,
  type SecretSpec,
} from "../../../components/values/secret-spec.ts";
import { directDeliveries, placementsOf, secretsIn, type Environment, type Placement } from "../environment.ts";
import { usesStore } from "../store-use.ts";
import type { DeliveryDraft } from "../resolve/deliveries.ts";
import { byOperator, gotDirectly } from "./direct.ts";
import { folded } from "./catalogue/fold.ts";
import { cataloguePath } from "./catalogue/path.ts";
import { shapeOfSecret } from "../resolve/secret-shape.ts";

/** What the stores would refuse, names that two secrets would share, and secrets that lie nowhere. Pure. */
export function checkPlacements(
  environment: Environment,
  /** Every delivery of the catalogue, be its namespace resolved or not; `undefined` where not all could be read. */
  deliveries: readonly DeliveryDraft[] | undefined,
): readonly Issue[] {
  return [
    ...(deliveries === undefined ? [] : unconsumed(environment.secrets, deliveries)),
    ...environment.secrets.flatMap((secret) => [
      ...rotatedElsewhere(secret),
      ...nothingHeld(environment, secret),
      ...neverSeen(environment, secret),
      ...placementsOf(environment, secret.id).flatMap(({ store, referencedBy }) =>
        checkSecretShape(store, shapeOfSecret(environment, secret, referencedBy)),
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
      problem: `has no effect: the secret is under ${origin.byStores === true ? "references of each of its stores" : "reference"} too, and whoever makes its values rotates them`,
      fix: removeCommand(["rotations", id]),
    },
  ];
}

/** A secret whose keys are all of other environments, or optional and not set, is just not there. */
function unconsumed(secrets: readonly SecretSpec[], deliveries: readonly DeliveryDraft[]): readonly Issue[] {
  const consumed = new Set(secretsIn(deliveries));
  const others = secrets.filter(
    ({ id, keys, storedIn }) => storedIn === undefined && !consumed.has(id) && Object.keys(keys).length > 0,
  );
  const issues = others.map(({ app, name }) => ({
    path: cataloguePath([app, "secrets", name]),
    problem: "goes to no store: no namespace consumes it",
    fix: "add a delivery, remove the secret, or say that no namespace gets it: delivered: false",
  }));
  return folded(issues, "catalogue");
}

interface Owner {
  readonly owner: string;
  readonly object: RemoteObject;
  /** Whether somebody else writes it. */
  readonly isOthers: boolean;
}

/**
 * Whether an object may be read for two secrets: one that nobody writes here, and that an exact name chose for one of them.
 * Two that a scheme gives one name are an accident. Spelled in two ways it would get two rights.
 */
function isReadForBoth(one: Owner, other: Owner): boolean {
  const isChosen = one.object.byScheme !== true || other.object.byScheme !== true;
  return one.isOthers && other.isOthers && isChosen && one.object.name === other.object.name;
}

function collisions(placements: readonly Placement[]): readonly Issue[] {
  const owners = new Map<string, Owner>();
  return placements.flatMap(({ secret, store, objects, referencedBy }) =>
    objects.flatMap((object): readonly Issue[] => {
      const place = `${store.name}\n${backendOf(store).canonicalName(object.name)}`;
      const owner = `${secret.id}${object.layout === "bundle" ? "" : ` ${object.keys[0] ?? ""}`}`;
      const other = owners.get(place);
      const isOthers = referencedBy !== undefined;
      owners.set(place, { owner, object, isOthers });
      if (other === undefined || isReadForBoth(other, { owner, object, isOthers })) return [];
      // The one whose name facts choose can be given another.
      const path = namingPath(store.name, object.namedBy === undefined ? other.object : object);
      const problem = `${other.owner} and ${owner} both map to "${object.name}"`;
      return [
        {
          path,
          problem,
          ...(path === `stores.${store.name}`
            ? {}
            : { fix: setCommand(path, blank(object.byScheme === true ? "another scheme" : "another name")) }),
        },
      ];
    }),
  );
}

/**
 * What is delivered plain alone lies in no store where it could be adopted from. An entry may still choose between Secrets
 * of clusters.
 */
function nothingHeld(environment: Environment, secret: SecretSpec): readonly Issue[] {
  const direct = directDeliveries(environment, secret);
  if (direct.length === 0 || placementsOf(environment, secret.id).length > 0) return [];
  if (!isAdoptedFromStores(secret) || preferredHolder(secret) !== undefined) return [];
  return [
    {
      path: configPath(["adopt", secret.id]),
      problem: `${gotDirectly(direct)}, from no store where there is anything to adopt`,
      fix: "put the value into a store first, or remove the entry",
    },
  ];
}

/** The program never has a value that somebody else makes, and delivers what it has only. */
function neverSeen(environment: Environment, secret: SecretSpec): readonly Issue[] {
  const direct = directDeliveries(environment, secret);
  // Of what a store issues, `checkIssued` tells.
  if (direct.length === 0 || secret.origin.kind === "issued") return [];
  const references = placementsOf(environment, secret.id).filter(({ replicaOf }) => replicaOf === undefined);
  const others = references.flatMap(({ referencedBy }) => referencedBy ?? []);
  const paths =
    secret.origin.kind === "referenced"
      ? [configPath(["reference", secret.id])]
      : others.length === references.length
        ? others
        : [];
  return paths.map((path) => ({
    path,
    problem: `${gotDirectly(direct)}, but this program never has the value of a referenced secret`,
    fix: `let the operator bring it from a store that holds it: ${byOperator(direct)}\n    or let this program make the value: ${removeCommand(path)}`,
  }));
}

/** What keeps a namespace from reading its store: a cluster that does not say who issues its tokens, and the like. Pure. */
export function checkIdentities({ namespaces }: Pick<Environment, "namespaces">): readonly Issue[] {
  return namespaces
    .filter(usesStore)
    .filter(({ store }) => store.staticCredentials !== true)
    .flatMap(({ store, cluster }) => checkIdentity(store, cluster));
}
