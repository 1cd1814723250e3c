import type { ClusterSpec } from "../../components/clusters/contract.ts";
import type { AdmissionSpec, OwnGenerator } from "../../components/external-secrets/admission/contract.ts";
import type { OperatorRoles } from "../../components/external-secrets/admission/roles.ts";
import { backendOf } from "../../components/backends/index.ts";
import { refOf } from "../../components/backends/remote-object.ts";
import { isSynced } from "../../components/delivery/contract.ts";
import { issuingGenerator } from "../../components/delivery/generators.ts";
import {
  everyNamespaceOf,
  issuedTo,
  placementsOf,
  secretsIn,
  storesFor,
  type Cluster,
  type Environment,
  type Namespace,
} from "../config/environment.ts";
import { mountsStore, readsStore } from "../config/store-use.ts";

type Scope = Pick<Environment, "platform" | "name" | "stores" | "placements">;

/** What the tenants of a cluster may ask of its operator: what its namespaces need, and nothing else. Pure. */
export function admissionOf(environment: Scope, own: Cluster): AdmissionSpec | undefined {
  const { spec: cluster } = own;
  const namespaces = everyNamespaceOf(own);
  const { admissionPolicy: others, clusterSecretStore, pushSecrets } = cluster.externalSecrets;
  if (others === undefined) return undefined;
  // The operator reads nothing of what Pods mount.
  const operated = namespaces.filter((each) => readsStore(each) || !mountsStore(each));
  const read = operated.flatMap(storesFor).map((store) => backendOf(store).operatorProvider);
  const names = namespaces.map(({ name }) => name);
  const generators = generatorsOf(environment, namespaces);
  return {
    providers: [...new Set([...read, ...others.providers])].sort(),
    clusterStores: clusterSecretStore !== undefined,
    openClusterStores: clusterSecretStore?.conditions === false,
    pushSecrets,
    ...(namespaces.some(({ deliveries }) => deliveries.some(({ templates }) => templates !== undefined))
      ? { composedSecrets: true }
      : {}),
    ...ownKeysIn(environment, namespaces),
    ...(generators.length === 0 ? {} : { generators }),
    ...(others.podIdentity || cluster.traits.podIdentity !== undefined
      ? { operatorRoles: operatorRoles(environment, { cluster, names, others: others.podIdentity }) }
      : {}),
  };
}

/** What gets the credentials that stores issue to namespaces. */
export function generatorsOf(environment: Scope, namespaces: readonly Namespace[]): readonly OwnGenerator[] {
  const { platform, name } = environment;
  return namespaces.filter(readsStore).flatMap((namespace) => {
    const scope = { platform, environment: name, cluster: namespace.cluster.name, namespace: namespace.name };
    return issuedTo(environment, namespace).map((each) => ({
      namespace: namespace.name,
      ...issuingGenerator(namespace.store, scope, each),
    }));
  });
}

/** Remote names of the namespaces that have prefixes: what this stack delivers to them is theirs too. */
function ownKeysIn(environment: Scope, namespaces: readonly Namespace[]): Pick<AdmissionSpec, "ownKeys"> {
  const restricted = namespaces.flatMap((namespace) => {
    const { name, remoteKeyPrefixes: prefixes } = namespace;
    return prefixes === undefined ? [] : [[name, { prefixes, names: namesReadBy(environment, namespace) }] as const];
  });
  return restricted.length === 0 ? {} : { ownKeys: Object.fromEntries(restricted) };
}

/** What ExternalSecrets of this stack call the objects that a namespace reads, or is to read next. */
function namesReadBy(environment: Scope, namespace: Namespace): readonly string[] {
  const stores = storesFor(namespace);
  const ids = new Set(secretsIn(namespace.deliveries.filter(isSynced)));
  const names = [...ids]
    .flatMap((id) => placementsOf(environment, id))
    .filter(({ store }) => stores.includes(store))
    .flatMap(({ objects }) => objects.flatMap((object) => object.keys.map((key) => refOf(object, key).key)));
  return [...new Set(names)].sort();
}

interface Readers {
  readonly cluster: ClusterSpec;
  /** Namespaces of the cluster. */
  readonly names: readonly string[];
  /** Whether other stacks read by Pod Identity. */
  readonly others: boolean;
}

/** Which roles the operator takes on for which namespace. Without Pod Identity of its own, this stack makes none. */
function operatorRoles(
  { platform, name: environment, stores }: Scope,
  { cluster, names, others }: Readers,
): OperatorRoles {
  const { namespace: operatorNamespace, clusterSecretStore } = cluster.externalSecrets;
  const scope = { platform, environment, cluster: cluster.name };
  const readers = [...names, ...(clusterSecretStore === undefined ? [] : [operatorNamespace])];
  const named = [...stores.values()].flatMap((store) => {
    const { operator } = backendOf(store).identity;
    if (operator?.logsIn(cluster) !== true) return [];
    const { roles } = operator;
    const beginning = roles.beginning(store, scope);
    const arns = readers.map((namespace) => [roles.ofNamespace(store, { ...scope, namespace }), namespace] as const);
    return [{ beginning, cut: arns.filter(([arn, namespace]) => !arn.startsWith(`${beginning}${namespace}.`)) }];
  });
  const cut = named.flatMap((each) => each.cut);
  return {
    ...(clusterSecretStore === undefined ? {} : { shared: operatorNamespace }),
    beginnings: [...new Set(named.map(({ beginning }) => beginning))].sort(),
    cut: Object.fromEntries(cut.sort(([one], [other]) => (one < other ? -1 : 1))),
    others,
  };
}
