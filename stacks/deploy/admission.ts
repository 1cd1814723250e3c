import type { ClusterSpec } from "../../components/clusters/contract.ts";
import type { AdmissionSpec } from "../../components/external-secrets/admission/index.ts";
import type { OperatorRoles } from "../../components/external-secrets/admission/roles.ts";
import type { AwsStoreSpec } from "../../components/backends/aws/identity-rules.ts";
import { globalArn } from "../../components/backends/aws/account.ts";
import type { StoreSpec } from "../../components/backends/contract.ts";
import { isRemote } from "../../components/backends/index.ts";
import { awsReaderRole, awsReaderRoleBeginning } from "../../components/support/naming.ts";
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
    .map(({ kind }) => kind);
  return {
    stores: [...new Set([...read, ...others.stores])].sort(),
    clusterStores: clusterSecretStore !== undefined,
    openClusterStores: clusterSecretStore?.conditions === false,
    pushSecrets,
    ...(others.podIdentity || cluster.traits.podIdentity !== undefined
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
  const accounts = cluster.traits.podIdentity !== undefined ? [...stores.values()].filter(isAws) : [];
  const scope = { platform, environment, cluster: cluster.name };
  const beginning = (store: AwsStoreSpec) => globalArn(store, "iam", `role/${awsReaderRoleBeginning(scope)}`);
  const readers = [
    ...[...namespaces.values()].filter((each) => each.cluster === cluster.name).map(({ name }) => name),
    ...(clusterSecretStore === undefined ? [] : [operatorNamespace]),
  ];
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

function isAws(store: StoreSpec): store is AwsStoreSpec {
  return store.kind === "aws-parameter-store" || store.kind === "aws-secrets-manager";
}
