import type { Resource } from "@pulumi/pulumi";
import type { ClusterSpec, ClusterTarget } from "../components/clusters/contract.ts";
import { openCluster } from "../components/clusters/index.ts";
import { isManagedByOpenShift } from "../components/clusters/managed.ts";
import { OpenShiftOperator } from "../components/external-secrets/openshift-operator.ts";
import { ExternalSecretsOperator, type OperatorTarget } from "../components/external-secrets/operator.ts";
import { readinessHooks, type ReadinessHooks } from "../components/external-secrets/readiness.ts";
import { operatorIdentity } from "../components/identity/index.ts";
import type { StoreSession } from "../components/stores/contract.ts";
import { isRemote } from "../components/stores/index.ts";
import { admissionOf } from "./admission.ts";
import type { EnvironmentSpec } from "./environment.ts";
import { needsOperator } from "./outputs.ts";
import { required } from "./required.ts";
import { storePortsOf } from "./store-ports.ts";

/** What a cluster has once, and its namespaces share. */
export interface OpenCluster {
  readonly target: ClusterTarget;
  readonly readiness: ReadinessHooks;
  readonly operator: OperatorTarget | undefined;
}

/** Opens every cluster, with its operator where a namespace needs one, by name. */
export async function openClusters(
  spec: EnvironmentSpec,
  owner: string,
  sessions: ReadonlyMap<string, StoreSession>,
): Promise<ReadonlyMap<string, OpenCluster>> {
  const clusters = new Map<string, OpenCluster>();
  for (const each of spec.clusters.values()) clusters.set(each.name, await openOne(spec, each, owner, sessions));
  return clusters;
}

async function openOne(
  spec: EnvironmentSpec,
  cluster: ClusterSpec,
  owner: string,
  sessions: ReadonlyMap<string, StoreSession>,
): Promise<OpenCluster> {
  const target = openCluster(cluster, owner, {});
  const identity = await operatorIdentities(spec, cluster, sessions);
  const operator = needsOperator(spec, cluster.name) ? operatorOf(spec, target, identity) : undefined;
  return { target, readiness: readinessHooks(target), operator };
}

/** The operator's own identities on the clouds of the stores that are read in a cluster. */
async function operatorIdentities(
  spec: EnvironmentSpec,
  cluster: ClusterSpec,
  sessions: ReadonlyMap<string, StoreSession>,
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

function operatorOf(spec: EnvironmentSpec, cluster: ClusterTarget, identity: readonly Resource[]): OperatorTarget {
  const { install, namespace } = cluster.spec.externalSecrets;
  if (!install) return { namespace, ready: [] };
  const admission = admissionOf(spec, cluster.spec);
  const storePorts = storePortsOf(spec, cluster.spec);
  if (isManagedByOpenShift(cluster.spec)) {
    return new OpenShiftOperator(cluster.spec.name, { cluster, storePorts, admission });
  }
  const sizing = { replicas: spec.policy.operatorReplicas };
  return new ExternalSecretsOperator(cluster.spec.name, { cluster, sizing, storePorts, admission, identity });
}
