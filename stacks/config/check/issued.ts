import { loginKind } from "../../../components/backends/identities.ts";
import type { RemoteStoreSpec } from "../../../components/backends/index.ts";
import { credentialsPath, issuedFields } from "../../../components/backends/issued.ts";
import { declaredName, sourcesOf, type DeliverySpec } from "../../../components/delivery/contract.ts";
import {
  configPath,
  removeCommand,
  removeIfGone,
  setCommand,
} from "../../../components/support/messages/config-command.ts";
import type { Issue } from "../../../components/support/messages/errors.ts";
import { quotedName } from "../../../components/support/messages/printable.ts";
import { listed, thereAre } from "../../../components/support/messages/suggestions.ts";
import { own } from "../../../components/support/own.ts";
import { initialEpoch, type SecretSpec } from "../../../components/values/secret-spec.ts";
import { consumersOf, placementsOf, type Environment, type Namespace, type Placement } from "../environment.ts";

type Issuing = Pick<Environment, "stores" | "secrets" | "placements" | "namespaces" | "accounts">;

/** Credentials that stores are to issue and can't, or that nobody could deliver. Pure. */
export function checkIssued(environment: Issuing): readonly Issue[] {
  return [...environment.stores.values()].flatMap((store) =>
    Object.entries(store.credentials ?? {}).flatMap(([id, { fields }]): readonly Issue[] => {
      const path = credentialsPath(store.name, id);
      const secret = environment.secrets.find((each) => each.id === id);
      if (secret === undefined) {
        return [
          {
            path,
            problem: `no such secret; ${thereAre(
              id,
              environment.secrets.map((each) => each.id),
            )}`,
            fix: removeIfGone(path),
          },
        ];
      }
      const placements = placementsOf(environment, id);
      if (!placements.some((each) => each.store.name === store.name)) {
        return [
          {
            path,
            problem: `has no effect: no namespace that gets the secret reads store ${store.name}`,
            fix: removeCommand(path),
          },
        ];
      }
      return [
        ...exclusions(path, secret, store),
        ...otherStores(
          path,
          placements.map((each) => each.store.name),
          store,
        ),
        ...keyIssues(path, secret, Object.keys(fields)),
        ...consumersOf(environment, secret).flatMap((namespace) =>
          deliveryIssues({ path, secret, store, issued: issuedKeys(placements, store) }, namespace),
        ),
      ];
    }),
  );
}

/** Facts that say otherwise where the values come from. */
function exclusions(path: string, { id, origin, epoch }: SecretSpec, store: RemoteStoreSpec): readonly Issue[] {
  const others = [
    ...(origin.kind === "in-cluster" ? [["generatedInCluster", id]] : []),
    ...(origin.kind === "referenced" ? [["reference", id]] : []),
    ...(origin.kind === "adopted" ? [["adopt", id]] : []),
    ...(own(store.references ?? {}, id) === undefined ? [] : [["stores", store.name, "references", id]]),
  ];
  return [
    ...others.map((other) => ({
      path,
      problem: `the secret is also under ${configPath(other)}, which excludes this`,
      fix: removeCommand(other),
    })),
    ...(epoch === initialEpoch
      ? []
      : [
          {
            path: configPath(["rotations", id]),
            problem: `has no effect: store ${store.name} issues the secret (${path}), and renews it by itself`,
            fix: removeCommand(["rotations", id]),
          },
        ]),
  ];
}

/** A value that one store makes up is in no other. */
function otherStores(path: string, stores: readonly string[], { name }: RemoteStoreSpec): readonly Issue[] {
  const others = stores.filter((each) => each !== name);
  if (others.length === 0) return [];
  return [
    {
      path,
      problem: `the secret also goes to ${listed(others)}, which has none of the credentials that ${name} issues: all namespaces that get it must read ${name}`,
      fix: removeCommand(path),
    },
  ];
}

/** Every key has to be a field of what the engine answers. */
function keyIssues(path: string, { keys }: SecretSpec, chosen: readonly string[]): readonly Issue[] {
  const unknown = chosen
    .filter((key) => !Object.hasOwn(keys, key))
    .map((key) => ({
      path: `${path}.keys.${key}`,
      problem: `the secret has no key ${quotedName(key)} in this environment; it has ${listed(Object.keys(keys))}`,
      fix: removeCommand(`${path}.keys.${key}`),
    }));
  return unknown;
}

interface Issued {
  /** Path of the fact. */
  readonly path: string;
  readonly secret: SecretSpec;
  readonly store: RemoteStoreSpec;
  /** Keys that the store issues. */
  readonly issued: readonly string[];
}

function issuedKeys(placements: readonly Placement[], { name }: RemoteStoreSpec): readonly string[] {
  const objects = placements.filter(({ store }) => store.name === name).flatMap((each) => each.objects);
  return objects.flatMap(({ issued }) => Object.keys(issued?.fields ?? {}));
}

function deliveryIssues(from: Issued, namespace: Namespace): readonly Issue[] {
  const { path, secret, store } = from;
  const { cluster, entry } = namespace;
  const through = cluster.externalSecrets.clusterSecretStore;
  const login = loginKind(store, cluster);
  const deliveries = namespace.deliveries.filter((each) =>
    sourcesOf(each).some((source) => source.secret === secret.id),
  );
  return [
    ...(login === "service-account"
      ? []
      : [
          {
            path,
            problem: `cluster ${cluster.name} logs in at store ${store.name} without service accounts of its namespaces, and credentials are issued to those alone`,
            fix: "docs/stores/vault-kv.md#database-credentials",
          },
        ]),
    ...(through === undefined
      ? []
      : [
          {
            path,
            problem: `namespace ${entry} reads through a ClusterSecretStore (clusters.${cluster.name}.externalSecrets.clusterSecretStore): credentials are issued to an identity of the namespace's own`,
            fix: removeCommand(["clusters", cluster.name, "externalSecrets", "clusterSecretStore"]),
          },
        ]),
    ...deliveries.flatMap((each) => oneDelivery(from, { entry, delivery: each })),
  ];
}

interface Delivered {
  readonly entry: string;
  readonly delivery: DeliverySpec;
}

function oneDelivery({ path, secret, issued }: Issued, { entry, delivery }: Delivered): readonly Issue[] {
  const at = ["namespaces", entry, "secrets", declaredName(delivery)];
  const where = `${delivery.namespace}/${delivery.secretName}`;
  if (delivery.via !== "external-secret") {
    return [
      {
        path,
        problem: `${where} is delivered ${delivery.via}; credentials that a store issues come by external-secret alone`,
        fix: setCommand([...at, "via"], "external-secret"),
      },
    ];
  }
  const policy = delivery.refresh?.policy ?? "Periodic";
  const unissued = sourcesOf(delivery)
    .filter((source) => source.secret === secret.id && !issued.includes(source.from))
    .map(({ from }) => from);
  return [
    ...(policy === "Periodic"
      ? []
      : [
          {
            path: configPath([...at, "refreshPolicy"]),
            problem: `is ${policy}, and ${where} holds credentials that end unless the operator fetches new ones in time`,
            fix: setCommand([...at, "refreshPolicy"], "Periodic"),
          },
        ]),
    ...(delivery.restarts === undefined
      ? []
      : [
          {
            path,
            problem: `${where} has restarts, which follow runs of pulumi up; the operator renews these credentials between runs`,
            fix:
              "remove restarts from the delivery, and let the application read the Secret again from a mounted volume, " +
              'or a controller such as Reloader restart it (annotations of the delivery: { "reloader.stakater.com/match": "true" }): docs/stores/vault-kv.md#consumers',
          },
        ]),
    ...[...new Set(unissued)].map((key) => ({
      path,
      problem: `${where} gets key ${quotedName(key)}, which is none of what a database engine issues (${listed(issuedFields)})`,
      fix: `say which field it is, ${setCommand(`${path}.keys.${key}`, "username")}, or compose it in the delivery: docs/stores/vault-kv.md#database-credentials`,
    })),
  ];
}
