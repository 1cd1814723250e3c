import type { ClusterSpec } from "../../components/clusters/contract.ts";
import type { AdmissionSpec } from "../../components/external-secrets/admission/contract.ts";
import type { OperatorRoles } from "../../components/external-secrets/admission/roles.ts";
import { usesPodIdentity } from "../../components/backends/aws/identity-rules.ts";
import { backendOf, isRemote } from "../../components/backends/index.ts";
import type { EnvironmentSpec } from "../config/environment.ts";

type Environment = Pick<EnvironmentSpec, "platform" | "name" | "namespaces" | "stores">;

/** What the tenants of a cluster may ask of its operator: what its namespaces need, and nothing else. Pure. */
export function admissionOf(environment: Environment, cluster: ClusterSpec): AdmissionSpec | undefined {
  const { admissionPolicy: others, clusterSecretStore, pushSecrets } = cluster.externalSecrets;
  if (others === undefined) return undefined;
  const { namespaces, stores } = environment;
  const read = [...namespaces.values()]
    .filter((namespace) => namespace.cluster === cluster.name)
    .flatMap(({ store, alsoStores }) => [store, ...alsoStores])
    .flatMap((name) => stores.get(name) ?? [])
    .filter(isRemote)
    .map((store) => backendOf(store).operatorProvider);
  return {
    providers: [...new Set([...read, ...others.providers])].sort(),
    clusterStores: clusterSecretStore !== undefined,
    openClusterStores: clusterSecretStore?.conditions === false,
    pushSecrets,
    ...(others.podIdentity || usesPodIdentity(cluster)
      ? { operatorRoles: operatorRoles(environment, cluster, others.podIdentity) }
      : {}),
  };
}

/** Which roles the operator takes on for which namespace. Without Pod Identity of its own, this stack makes none. */
function operatorRoles(
  { platform, name: environment, namespaces, stores }: Environment,
  cluster: ClusterSpec,
  others: boolean,
): OperatorRoles {
  const { namespace: operatorNamespace, clusterSecretStore } = cluster.externalSecrets;
  const scope = { platform, environment, cluster: cluster.name };
  const readers = [
    ...[...namespaces.values()].filter((each) => each.cluster === cluster.name).map(({ name }) => name),
    ...(clusterSecretStore === undefined ? [] : [operatorNamespace]),
  ];
  const named = [...stores.values()].filter(isRemote).flatMap((store) => {
    const { identity } = backendOf(store);
    const { roles } = identity;
    if (roles === undefined || identity.via(cluster) !== "controller") return [];
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
