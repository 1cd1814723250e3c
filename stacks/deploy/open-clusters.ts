import type { Resource } from "@pulumi/pulumi";
import type { ClusterSpec, ClusterTarget } from "../../components/clusters/contract.ts";
import { openCluster } from "../../components/clusters/index.ts";
import { isManagedByOpenShift } from "../../components/clusters/managed.ts";
import { managerNamespace, operatorNamespace } from "../../components/clusters/namespace-names.ts";
import { OpenShiftOperator } from "../../components/external-secrets/operator/openshift.ts";
import { ExternalSecretsOperator, type OperatorTarget } from "../../components/external-secrets/operator/operator.ts";
import { readinessHooks, type ReadinessHooks } from "../../components/external-secrets/readiness/hooks.ts";
import { operatorIdentity } from "../../components/backends/identities.ts";
import type { PreparedStore } from "../../components/backends/session.ts";
import { isRemote } from "../../components/backends/index.ts";
import { admissionOf } from "./admission.ts";
import type { EnvironmentSpec } from "../config/environment.ts";
import { needsOperator } from "../config/resolve/needs-operator.ts";
import { required } from "./required.ts";
import { storePortsOf } from "./store-ports.ts";

/** What a cluster has once, and its namespaces share. */
export interface OpenCluster {
  readonly target: ClusterTarget;
  readonly readiness: ReadinessHooks;
  readonly operator: OperatorTarget | undefined;
}

/**
 * Opens every cluster, with its operator where a namespace needs one, by name.
 *
 * @param made logical names of the namespaces that are made here.
 */
export async function openClusters(
  spec: EnvironmentSpec,
  owner: string,
  sessions: ReadonlyMap<string, PreparedStore>,
  made: ReadonlySet<string>,
): Promise<ReadonlyMap<string, OpenCluster>> {
  const clusters = new Map<string, OpenCluster>();
  for (const each of spec.clusters.values())
    clusters.set(each.name, await openOne({ spec, cluster: each, owner, sessions, made }));
  return clusters;
}

interface OpenArgs {
  readonly spec: EnvironmentSpec;
  readonly cluster: ClusterSpec;
  readonly owner: string;
  readonly sessions: ReadonlyMap<string, PreparedStore>;
  readonly made: ReadonlySet<string>;
}

async function openOne({ spec, cluster, owner, sessions, made }: OpenArgs): Promise<OpenCluster> {
  const target = openCluster(cluster, owner, {});
  const identity = await operatorIdentities(spec, cluster, sessions);
  const operator = needsOperator(spec, cluster.name)
    ? operatorOf({ spec, cluster: target, identity, made })
    : undefined;
  return { target, readiness: readinessHooks(target), operator };
}

/** The operator's own identities on the clouds of the stores that are read in a cluster. */
async function operatorIdentities(
  spec: EnvironmentSpec,
  cluster: ClusterSpec,
  sessions: ReadonlyMap<string, PreparedStore>,
): Promise<readonly Resource[]> {
  const read = new Set(
    [...spec.namespaces.values()].filter((each) => each.cluster === cluster.name).map((each) => each.store),
  );
  const scope = { platform: spec.platform, environment: spec.name, cluster: cluster.name };
  const made = [...read].map(async (name) => {
    const store = required(spec.stores.get(name), `store ${name}`);
    const session = sessions.get(name);
    if (!isRemote(store) || session === undefined || store.staticCredentials === true) return [];
    return operatorIdentity({ store, cluster, scope, options: session.options });
  });
  return (await Promise.all(made)).flat();
}

interface OperatorArgs {
  readonly spec: EnvironmentSpec;
  readonly cluster: ClusterTarget;
  readonly identity: readonly Resource[];
  readonly made: ReadonlySet<string>;
}

function operatorOf({ spec, cluster, identity, made }: OperatorArgs): OperatorTarget {
  const { install, namespace } = cluster.spec.externalSecrets;
  if (!install) return { namespace, ready: [] };
  const admission = admissionOf(spec, cluster.spec);
  const storePorts = storePortsOf(spec, cluster.spec);
  if (isManagedByOpenShift(cluster.spec)) {
    const makeNamespace = made.has(managerNamespace(cluster.spec.name));
    return new OpenShiftOperator(cluster.spec.name, { cluster, storePorts, admission, makeNamespace });
  }
  const sizing = { replicas: spec.policy.operatorReplicas };
  return new ExternalSecretsOperator(cluster.spec.name, {
    cluster,
    sizing,
    storePorts,
    admission,
    identity,
    makeNamespace: made.has(operatorNamespace(cluster.spec.name)),
  });
}
