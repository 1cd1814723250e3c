import type { Resource } from "@pulumi/pulumi";
import { isSynced } from "../../components/delivery/contract.ts";
import type { PreparedStore } from "../../components/backends/session.ts";
import type { ClusterTarget } from "../../components/clusters/contract.ts";
import { openCluster, type TakeOver } from "../../components/clusters/open.ts";
import { managerNamespace, operatorNamespace } from "../../components/clusters/namespace-names.ts";
import { OpenShiftOperator } from "../../components/external-secrets/operator/openshift.ts";
import { ExternalSecretsOperator, type OperatorTarget } from "../../components/external-secrets/operator/operator.ts";
import { readinessHooks, type ReadinessHooks } from "../../components/external-secrets/readiness/hooks.ts";
import { operatorIdentity } from "../../components/backends/identities.ts";
import { backendOf } from "../../components/backends/index.ts";
import type { CsiTarget } from "../../components/secrets-store-csi/driver.ts";
import { admissionOf, generatorsOf } from "./admission.ts";
import { csiDriverOf } from "./csi-driver.ts";
import { everyNamespaceOf, wholeOf, type Cluster, type Environment } from "../config/environment.ts";
import { storesReadBy } from "../config/store-use.ts";
import { storePorts } from "./store-ports.ts";

/** What a cluster has once, and its namespaces share. */
export interface OpenCluster {
  readonly target: ClusterTarget;
  readonly readiness: ReadinessHooks;
  readonly operator: OperatorTarget | undefined;
  readonly csi: CsiTarget | undefined;
}

/**
 * Opens every cluster, with its operator where a namespace needs one, by name.
 *
 * @param args of all of them.
 */
export async function openClusters(args: OpenClustersArgs): Promise<ReadonlyMap<string, OpenCluster>> {
  const clusters = new Map<string, OpenCluster>();
  for (const cluster of args.environment.clusters.values())
    clusters.set(cluster.spec.name, await openOne({ ...args, cluster }));
  return clusters;
}

export interface OpenClustersArgs {
  readonly environment: Environment;
  /** The stack: `<project>/<stack>`. */
  readonly owner: string;
  readonly stores: ReadonlyMap<string, PreparedStore>;
  /** Logical names of the namespaces that are made here. */
  readonly made: ReadonlySet<string>;
  /** Members that the providers of stores are by the state, by resource. */
  readonly providers: ReadonlyMap<string, string>;
  /** Clusters in which this run takes over what exists. */
  readonly takingOver: ReadonlyMap<string, TakeOver>;
}

interface OpenArgs extends OpenClustersArgs {
  readonly cluster: Cluster;
}

async function openOne({
  environment,
  cluster,
  owner,
  stores,
  made,
  providers,
  takingOver,
}: OpenArgs): Promise<OpenCluster> {
  const target = openCluster(cluster.spec, owner, { takesOver: takingOver.get(cluster.spec.name) });
  const identity = await operatorIdentities(environment, cluster, stores);
  const operator = cluster.needsOperator ? operatorOf({ environment, cluster, target, identity, made }) : undefined;
  return { target, readiness: readinessHooks(target, { providers }), operator, csi: csiDriverOf(cluster, target) };
}

/** The operator's own identities on the clouds of the stores that are read in a cluster. */
async function operatorIdentities(
  { platform, name: environment }: Environment,
  own: Cluster,
  stores: ReadonlyMap<string, PreparedStore>,
): Promise<readonly Resource[]> {
  const { spec: cluster } = own;
  const scope = { platform, environment, cluster: cluster.name };
  const made = storesReadBy(everyNamespaceOf(own)).map(async (store) => {
    const session = stores.get(store.name);
    if (session === undefined || store.staticCredentials === true) return [];
    return operatorIdentity({ store, cluster, scope, options: session.options });
  });
  return (await Promise.all(made)).flat();
}

interface OperatorArgs {
  readonly environment: Environment;
  readonly cluster: Cluster;
  readonly target: ClusterTarget;
  readonly identity: readonly Resource[];
  readonly made: ReadonlySet<string>;
}

function operatorOf({ environment, cluster, target, identity, made }: OperatorArgs): OperatorTarget {
  const { install, namespace } = cluster.spec.externalSecrets;
  if (!install) return { namespace, ready: [] };
  const common = {
    cluster: target,
    storePorts: storePorts(cluster),
    admission: admissionOf(wholeOf(environment), cluster),
  };
  if (cluster.spec.traits.operatorManager === "operator-lifecycle-manager") {
    const makeNamespace = made.has(managerNamespace(cluster.spec.name));
    return new OpenShiftOperator(cluster.spec.name, { ...common, makeNamespace });
  }
  return new ExternalSecretsOperator(cluster.spec.name, {
    ...common,
    sizing: { replicas: environment.policy.operatorReplicas, externalSecrets: externalSecretsIn(cluster) },
    identity,
    variables: operatorVariables(cluster),
    generators: kindsOfGenerators(environment, cluster),
    makeNamespace: made.has(operatorNamespace(cluster.spec.name)),
  });
}

/** Variables by which the operator finds the clouds of the stores that it reads: no two of them differ. */
function operatorVariables(cluster: Cluster): Readonly<Record<string, string>> {
  const all = storesReadBy(everyNamespaceOf(cluster)).flatMap((store) =>
    Object.entries(backendOf(store).operatorVariables?.(store) ?? {}),
  );
  return Object.fromEntries(all.filter(([, value]) => value !== "").sort());
}

/** Kinds of the generators that it runs for namespaces of the environment, as the API server names their resources. */
function kindsOfGenerators(environment: Environment, cluster: Cluster): readonly string[] {
  const generators = generatorsOf(wholeOf(environment), everyNamespaceOf(cluster));
  return [...new Set(generators.map(({ kind }) => `${kind.toLowerCase()}s`))].sort();
}

/** ExternalSecrets of the environment in a cluster. */
function externalSecretsIn(cluster: Cluster): number {
  return everyNamespaceOf(cluster)
    .flatMap(({ deliveries }) => deliveries)
    .filter(isSynced).length;
}
