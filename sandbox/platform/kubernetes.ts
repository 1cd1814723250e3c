import type * as Client from "@kubernetes/client-node";
import type { CoreV1Api, KubeConfig } from "@kubernetes/client-node";
import { currentTarget } from "../build/cache-key.ts";

/** The one fake node that kwok keeps alive. */
export const NODE_NAME = "sandbox-node";

const VAULT_NAMESPACE = "vault";
const REVIEWER = "vault-reviewer";
/** As long as the certificates: Vault keeps this token, and a platform may run for weeks. */
const REVIEWER_SECONDS = 10 * 365 * 24 * 3600;

/** Loads the Kubernetes client with a kubeconfig. Imported late: it is half a second of every start. */
export async function loadClient(kubeconfig: string): Promise<{
  client: typeof Client;
  config: KubeConfig;
}> {
  const client = await import("@kubernetes/client-node");
  const config = new client.KubeConfig();
  config.loadFromFile(kubeconfig);
  return { client, config };
}

/** Registers the node that every pod is put on. */
export async function ensureNode(kubeconfig: string): Promise<void> {
  const { client, config } = await loadClient(kubeconfig);
  const { os, arch } = currentTarget();
  const capacity = { cpu: "32", memory: "256Gi", pods: "110" };
  const labels = {
    "kubernetes.io/hostname": NODE_NAME,
    "kubernetes.io/os": os,
    "kubernetes.io/arch": arch,
    type: "kwok",
  };
  const annotations = { "kwok.x-k8s.io/node": "fake" };
  await createUnlessThere(client, () =>
    config.makeApiClient(client.CoreV1Api).createNode({
      body: { metadata: { name: NODE_NAME, labels, annotations }, status: { allocatable: capacity, capacity } },
    }),
  );
}

/** Makes the service account with which Vault reviews tokens, and returns a token of it. */
export async function reviewerToken(kubeconfig: string): Promise<string> {
  const { client, config } = await loadClient(kubeconfig);
  const core = config.makeApiClient(client.CoreV1Api);
  const rbac = config.makeApiClient(client.RbacAuthorizationV1Api);
  await createUnlessThere(client, () => core.createNamespace({ body: { metadata: { name: VAULT_NAMESPACE } } }));
  await createUnlessThere(client, () =>
    core.createNamespacedServiceAccount({ namespace: VAULT_NAMESPACE, body: { metadata: { name: REVIEWER } } }),
  );
  await createUnlessThere(client, () =>
    rbac.createClusterRoleBinding({
      body: {
        metadata: { name: REVIEWER },
        roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "system:auth-delegator" },
        subjects: [{ kind: "ServiceAccount", name: REVIEWER, namespace: VAULT_NAMESPACE }],
      },
    }),
  );
  return await requestToken(core, { namespace: VAULT_NAMESPACE, name: REVIEWER, seconds: REVIEWER_SECONDS });
}

/** A token of a service account, as the kubelet would ask for it. */
export async function requestToken(
  core: CoreV1Api,
  {
    namespace,
    name,
    seconds,
    audiences = [],
  }: { namespace: string; name: string; seconds: number; audiences?: readonly string[] },
): Promise<string> {
  const response = await core.createNamespacedServiceAccountToken({
    namespace,
    name,
    body: { spec: { audiences: [...audiences], expirationSeconds: seconds } },
  });
  return response.status?.token ?? "";
}

async function createUnlessThere(client: typeof Client, create: () => Promise<unknown>): Promise<void> {
  try {
    await create();
  } catch (error) {
    if (!(error instanceof client.ApiException && error.code === 409)) throw error;
  }
}
