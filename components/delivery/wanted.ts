import type { ClusterSpec } from "../clusters/contract.ts";
import type { ObjectName } from "../clusters/survey.ts";
import { loginKind } from "../backends/identities.ts";
import { credentialsSecret } from "../backends/static-identity.ts";
import type { RemoteStoreSpec } from "../backends/index.ts";
import { sealedSecretType } from "../sealed-secrets/manifest.ts";
import { csiApiVersion } from "../secrets-store-csi/manifests.ts";
import { clusterStoreName, readerName } from "../support/naming.ts";
import { isApplied, isMounted, isSynced, type DeliverySpec } from "./contract.ts";
import { secretStoreName, secretStoreResource } from "./secret-store-name.ts";

/** An object that a run will make in a cluster, and the resource that it will be in the state. */
export interface WantedObject extends ObjectName {
  readonly resource: { readonly type: string; readonly name: string };
}

export interface WantedArgs {
  /** `<cluster>/<namespace>`. */
  readonly key: string;
  /** Of the namespace. */
  readonly name: string;
  readonly cluster: ClusterSpec;
  readonly store: RemoteStoreSpec;
  readonly deliveries: readonly DeliverySpec[];
}

/**
 * The objects that a namespace gets besides its Secrets: what it reads its store by, its ExternalSecrets, and what its Pods
 * mount. Names follow from the description alone; a test holds them against what is registered. Pure.
 */
export function wantedObjects(args: WantedArgs): readonly WantedObject[] {
  return [...operatorObjects(args), ...mountedObjects(args)];
}

/** What Pods mount, and the account that they do it as. */
function mountedObjects({ key, name: namespace, deliveries }: WantedArgs): readonly WantedObject[] {
  const mounted = deliveries.filter(isMounted);
  if (mounted.length === 0) return [];
  return [
    // The operator's namespaces have it already, with what the operator needs besides.
    ...(deliveries.some(isSynced) ? [] : [accountObject(key, namespace)]),
    ...mounted.map(({ secretName }): WantedObject => ({
      kind: "SecretProviderClass",
      namespace,
      name: secretName,
      resource: { type: `kubernetes:${csiApiVersion}:SecretProviderClass`, name: `${key}/${secretName}` },
    })),
  ];
}

function operatorObjects({ key, name: namespace, cluster, store, deliveries }: WantedArgs): readonly WantedObject[] {
  if (!deliveries.some(isSynced)) return [];
  const applied = deliveries.filter(isApplied);
  const shared = cluster.externalSecrets.clusterSecretStore !== undefined;
  return [
    ...(shared || applied.length === 0 ? [] : [secretStore(key, namespace, cluster)]),
    ...(shared ? [] : readerObjects(key, namespace, store, cluster)),
    ...applied.map(({ secretName }): WantedObject => ({
      kind: "ExternalSecret",
      namespace,
      name: secretName,
      resource: { type: operatorType("ExternalSecret"), name: `${key}/${secretName}` },
    })),
  ];
}

/** The SealedSecrets that this program applies in a namespace. Pure. */
export function wantedSealedSecrets({
  key,
  name: namespace,
  cluster,
  deliveries,
}: Pick<WantedArgs, "key" | "name" | "cluster" | "deliveries">): readonly WantedObject[] {
  if (cluster.sealedSecrets?.appliedBy === "gitops") return [];
  return deliveries
    .filter(({ via }) => via === "sealed-secret")
    .map(({ secretName: name }) => ({
      kind: "SealedSecret",
      namespace,
      name,
      resource: { type: sealedSecretType, name: `${key}/${name}` },
    }));
}

/** The objects of a ClusterSecretStore that namespaces of a cluster share. Pure. */
export function wantedClusterObjects(
  cluster: ClusterSpec,
  store: RemoteStoreSpec,
  scope: { readonly platform: string; readonly environment: string },
): readonly WantedObject[] {
  const key = `${cluster.name}/cluster-secret-store/${store.name}`;
  return [
    {
      kind: "ClusterSecretStore",
      name: clusterStoreName({ ...scope, store: store.name }),
      resource: { type: operatorType("ClusterSecretStore"), name: `${key}/cluster-secret-store` },
    },
    ...readerObjects(key, cluster.externalSecrets.namespace, store, cluster),
  ];
}

function secretStore(key: string, namespace: string, cluster: ClusterSpec): WantedObject {
  return {
    kind: "SecretStore",
    namespace,
    name: secretStoreName(cluster),
    resource: { type: operatorType("SecretStore"), name: secretStoreResource(key, cluster) },
  };
}

/** What a reader needs in the cluster, as `loginResources` makes it. */
function readerObjects(
  key: string,
  namespace: string,
  store: RemoteStoreSpec,
  cluster: ClusterSpec,
): readonly WantedObject[] {
  const login = loginKind(store, cluster);
  if (login === "operator" || login === "secret") return [];
  if (login === "static") {
    const resource = { type: "kubernetes:core/v1:Secret", name: `${key}/credentials` };
    return [{ kind: "Secret", namespace, name: credentialsSecret, resource }];
  }
  const rbac = "kubernetes:rbac.authorization.k8s.io/v1";
  const right = { namespace, name: `${readerName}-token-request` };
  return [
    accountObject(key, namespace),
    { kind: "Role", ...right, resource: { type: `${rbac}:Role`, name: `${key}/token-request` } },
    { kind: "RoleBinding", ...right, resource: { type: `${rbac}:RoleBinding`, name: `${key}/token-request-binding` } },
  ];
}

function accountObject(key: string, namespace: string): WantedObject {
  return {
    kind: "ServiceAccount",
    namespace,
    name: readerName,
    resource: { type: "kubernetes:core/v1:ServiceAccount", name: `${key}/service-account` },
  };
}

function operatorType(kind: string): string {
  return `kubernetes:external-secrets.io/v1:${kind}`;
}
