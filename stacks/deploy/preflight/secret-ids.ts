import { authMountOf, isVaultKv, type VaultKvSpec } from "../../../components/backends/vault/kv.ts";
import { loginKind } from "../../../components/backends/identities.ts";
import type { StateResource } from "../../../components/backends/contract.ts";
import type { ClusterSpec } from "../../../components/clusters/contract.ts";
import { placeOf, type ObjectName } from "../../../components/clusters/survey.ts";
import { wantedClusterObjects } from "../../../components/delivery/wanted.ts";
import { configPath } from "../../../components/support/messages/config-command.ts";
import type { Issue } from "../../../components/support/messages/errors.ts";
import { vaultReaderName } from "../../../components/support/naming.ts";
import type { Cluster, Environment } from "../../config/environment.ts";
import { readsStore } from "../../config/store-use.ts";
import { secretStoreResource } from "../../../components/delivery/secret-store-name.ts";

/** A Secret that people make, with the secret id that readers of a Vault log in with. */
export interface SecretIdPlace {
  readonly cluster: string;
  readonly store: string;
  readonly secret: ObjectName & { readonly namespace: string };
  /** Key of the secret id in it. */
  readonly key: string;
  /** Name of the AppRole, and where its auth method is mounted. */
  readonly role: string;
  readonly mountPath: string;
  /** Logical name of the AppRole. */
  readonly roleResource: string;
}

/**
 * The Secrets with secret ids of a cluster whose SecretStores were never Ready: one that was has its Secret. Pure.
 */
export function secretIdPlaces(
  { platform, name: environment }: Environment,
  { spec: cluster, namespaces }: Cluster,
  state: readonly StateResource[],
): readonly SecretIdPlace[] {
  const scope = { platform, environment };
  const isReady = (resource: string) =>
    state.some(
      ({ type, name, ready }) => /:(?:Cluster)?SecretStore$/.test(type) && name === resource && ready === true,
    );
  const place = (store: VaultKvSpec, namespace: string, reader: string): readonly SecretIdPlace[] => {
    const { secretId } = store.auth;
    if (secretId === undefined) return [];
    return [
      {
        cluster: cluster.name,
        store: store.name,
        secret: { kind: "Secret", namespace, name: secretId.name },
        key: secretId.key,
        role: vaultReaderName({ ...scope, cluster: cluster.name, namespace }),
        mountPath: authMountOf(store, cluster.name),
        roleResource: `${reader}/role`,
      },
    ];
  };
  const reading = namespaces.filter(readsStore);
  const { clusterSecretStore, namespace: ofOperator } = cluster.externalSecrets;
  if (clusterSecretStore === undefined) {
    return reading.flatMap(({ key, name, store }) =>
      isByAppRole(store, cluster) && !isReady(secretStoreResource(key, cluster)) ? place(store, name, key) : [],
    );
  }
  return [...new Set(reading.map(({ store }) => store))].flatMap((store) => {
    const [made] = wantedClusterObjects(cluster, store, scope).filter(({ kind }) => kind === "ClusterSecretStore");
    if (!isByAppRole(store, cluster) || made === undefined || isReady(made.resource.name)) return [];
    return place(store, ofOperator, `${cluster.name}/cluster-secret-store/${store.name}`);
  });
}

function isByAppRole(store: Parameters<typeof loginKind>[0], cluster: ClusterSpec): store is VaultKvSpec {
  return isVaultKv(store) && loginKind(store, cluster) === "secret";
}

/**
 * What is missing of them. A secret id can be made once there is a role: the run that makes it goes on, and is told of; any
 * later one would wait at its SecretStore in vain. Pure.
 *
 * @param exists places of the Secrets that exist (`placeOf`).
 */
export function secretIdFindings(
  places: readonly SecretIdPlace[],
  exists: ReadonlySet<string>,
  state: readonly StateResource[],
): { readonly issues: readonly Issue[]; readonly notes: readonly string[] } {
  const missing = places.filter(({ secret }) => !exists.has(placeOf(secret)));
  const isMade = ({ roleResource }: SecretIdPlace) =>
    state.some(({ type, name }) => type.endsWith(":AuthBackendRole") && name === roleResource);
  return {
    issues: missing.filter(isMade).map((each) => ({
      path: configPath(["stores", each.store, "auth", "secretId"]),
      problem: `Secret ${placeOf(each.secret)} of cluster ${each.cluster} is missing, and its readers log in with the secret id in it`,
      fix: commandOf(each),
    })),
    notes: missing
      .filter((each) => !isMade(each))
      .map(
        (each) =>
          `Secret ${placeOf(each.secret)} of cluster ${each.cluster} is missing: this run makes the AppRole for it, and stops at the store that reads with it.\n` +
          `    then: ${commandOf(each)}; and run pulumi up again`,
      ),
  };
}

/** Brings a new secret id from Vault into its Secret; nothing of it is on a command line. */
function commandOf({ mountPath, role, secret, key }: SecretIdPlace): string {
  return (
    `vault write -f -field=secret_id auth/${mountPath}/role/${role}/secret-id | ` +
    `kubectl -n ${secret.namespace} create secret generic ${secret.name} --from-file=${key}=/dev/stdin`
  );
}
