import type { ClusterSpec } from "../../components/clusters/contract.ts";
import type { AdmissionSpec } from "../../components/external-secrets/admission/index.ts";
import type { OperatorRoles } from "../../components/external-secrets/admission/roles.ts";
import { usesPodIdentity, type AwsStoreSpec } from "../../components/backends/aws/identity-rules.ts";
import { globalArn } from "../../components/backends/aws/account.ts";
import type { RemoteStoreSpec } from "../../components/backends/contract.ts";
import { awsReaderRole, awsReaderRoleBeginning } from "../../components/support/naming.ts";
import type { Cluster, Environment } from "../config/environment.ts";

type Scope = Pick<Environment, "platform" | "name" | "stores">;

/** What the tenants of a cluster may ask of its operator: what its namespaces need, and nothing else. Pure. */
export function admissionOf(environment: Scope, { spec: cluster, namespaces }: Cluster): AdmissionSpec | undefined {
  const { admissionPolicy: others, clusterSecretStore, pushSecrets } = cluster.externalSecrets;
  if (others === undefined) return undefined;
  const read = namespaces
    .flatMap(({ store, alsoStores }) => [...(store === undefined ? [] : [store]), ...alsoStores])
    .map(({ kind }) => kind);
  return {
    stores: [...new Set([...read, ...others.stores])].sort(),
    clusterStores: clusterSecretStore !== undefined,
    openClusterStores: clusterSecretStore?.conditions === false,
    pushSecrets,
    ...(others.podIdentity || usesPodIdentity(cluster)
      ? {
          operatorRoles: operatorRoles(environment, {
            cluster,
            names: namespaces.map(({ name }) => name),
            others: others.podIdentity,
          }),
        }
      : {}),
  };
}

/** Which roles the operator takes on for which namespace. Without Pod Identity of its own, this stack makes none. */
function operatorRoles(
  { platform, name: environment, stores }: Scope,
  {
    cluster,
    names,
    others,
  }: { readonly cluster: ClusterSpec; readonly names: readonly string[]; readonly others: boolean },
): OperatorRoles {
  const { namespace: operatorNamespace, clusterSecretStore } = cluster.externalSecrets;
  const accounts = usesPodIdentity(cluster) ? [...stores.values()].filter(isAws) : [];
  const scope = { platform, environment, cluster: cluster.name };
  const beginning = (store: AwsStoreSpec) => globalArn(store, "iam", `role/${awsReaderRoleBeginning(scope)}`);
  const readers = [...names, ...(clusterSecretStore === undefined ? [] : [operatorNamespace])];
  const cut = accounts.flatMap((store) =>
    readers.flatMap((namespace) => {
      const arn = globalArn(store, "iam", `role/${awsReaderRole({ ...scope, namespace, store: store.name })}`);
      return arn.startsWith(`${beginning(store)}${namespace}.`) ? [] : [[arn, namespace] as const];
    }),
  );
  return {
    ...(clusterSecretStore === undefined ? {} : { shared: operatorNamespace }),
    beginnings: [...new Set(accounts.map(beginning))].sort(),
    cut: Object.fromEntries(cut.sort(([one], [other]) => (one < other ? -1 : 1))),
    others,
  };
}

function isAws(store: RemoteStoreSpec): store is AwsStoreSpec {
  return store.kind === "aws-parameter-store" || store.kind === "aws-secrets-manager";
}
