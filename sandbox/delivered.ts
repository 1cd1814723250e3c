import type { EnvironmentOutputs } from "../stacks/outputs/index.ts";
import { loadClient } from "./platform/kubernetes.ts";

/** One Kubernetes Secret and how it got there. Names only. */
export interface DeliveredSecret {
  readonly namespace: string;
  readonly secret: string;
  readonly keys: readonly string[];
  readonly store: string;
  readonly remoteNames: readonly string[];
  /** Whether the operator says that it is in step with the store; `undefined` for a plain Secret. */
  readonly synced: boolean | undefined;
  /** Whether its keys wait for the Secret that they are to be merged into, which the operator calls Ready too. */
  readonly pending: boolean;
  /** When the Secret was made. */
  readonly created: Date | undefined;
}

/** Reads what the outputs of a stack promise from the cluster itself. Values are not looked at. */
export async function readDelivered(
  kubeconfig: string,
  outputs: EnvironmentOutputs,
): Promise<readonly DeliveredSecret[]> {
  const { client, config } = await loadClient(kubeconfig);
  const core = config.makeApiClient(client.CoreV1Api);
  const custom = config.makeApiClient(client.CustomObjectsApi);
  const namespaces = Object.entries(outputs.namespaces).map(async ([namespace, { clusters, secrets }]) => {
    const present = (await core.listNamespacedSecret({ namespace })).items;
    // The sandbox has one cluster.
    const [{ store, secretStore } = { store: "", secretStore: undefined }] = Object.values(clusters);
    const external = secretStore === undefined ? [] : await listExternalSecrets(custom, namespace);
    return Object.entries(secrets).map(([secret, promised]): DeliveredSecret => {
      const found = present.find(({ metadata }) => metadata?.name === secret);
      const own = external.find(({ metadata }) => metadata.name === secret);
      return {
        namespace,
        secret,
        keys: promised.keys.filter((key) => found?.data?.[key] !== undefined),
        store,
        remoteNames: promised.remoteNames[store] ?? [],
        synced: secretStore === undefined ? undefined : isReady(own) && !isPending(own) && found !== undefined,
        pending: isPending(own),
        created: found?.metadata?.creationTimestamp,
      };
    });
  });
  return (await Promise.all(namespaces)).flat();
}

interface ExternalSecretLike {
  readonly metadata: { readonly name: string };
  readonly status?: {
    readonly conditions?: readonly { readonly type: string; readonly status: string; readonly reason?: string }[];
  };
}

async function listExternalSecrets(
  custom: { listNamespacedCustomObject(request: object): Promise<unknown> },
  namespace: string,
): Promise<readonly ExternalSecretLike[]> {
  const list = (await custom.listNamespacedCustomObject({
    group: "external-secrets.io",
    version: "v1",
    namespace,
    plural: "externalsecrets",
  })) as { readonly items: readonly ExternalSecretLike[] };
  return list.items;
}

function isReady(object: ExternalSecretLike | undefined): boolean {
  return object?.status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True") ?? false;
}

/** Whether the operator waits for a Secret to merge keys into. It was not there when it last looked. */
function isPending(object: ExternalSecretLike | undefined): boolean {
  return (
    object?.status?.conditions?.some(({ type, reason }) => type === "Ready" && reason === "SecretMissing") ?? false
  );
}
