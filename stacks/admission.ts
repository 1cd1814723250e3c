import type { ClusterSpec } from "../components/clusters/contract.ts";
import type { AdmissionSpec } from "../components/external-secrets/admission.ts";
import { isRemote } from "../components/stores/index.ts";
import type { EnvironmentSpec } from "./environment.ts";

/** What the tenants of a cluster may ask of its operator: what its namespaces need, and nothing else. Pure. */
export function admissionOf(
  { namespaces, stores }: Pick<EnvironmentSpec, "namespaces" | "stores">,
  cluster: ClusterSpec,
): AdmissionSpec | undefined {
  const { admissionPolicy: others, clusterSecretStore, pushSecrets } = cluster.externalSecrets;
  if (others === undefined) return undefined;
  const read = [...namespaces.values()]
    .filter((namespace) => namespace.cluster === cluster.name)
    .flatMap(({ store, alsoStores }) => [store, ...alsoStores])
    .flatMap((name) => stores.get(name) ?? [])
    .filter(isRemote)
    .map(({ kind }) => kind);
  return {
    stores: [...new Set([...read, ...others.stores])].sort(),
    clusterStores: clusterSecretStore !== undefined,
    openClusterStores: clusterSecretStore?.conditions === false,
    pushSecrets,
    operatorIdentity: others.podIdentity || (cluster.flavour === "eks" && cluster.identity === "pod-identity"),
  };
}
