import type { CoreV1Api } from "@kubernetes/client-node";
import { randomBytes } from "node:crypto";
import { loadClient } from "./platform/kubernetes.ts";

/** Namespace and Secret that Argo CD's own installation leaves behind. */
export const argoCd = { namespace: "argocd", secret: "argocd-secret" } as const;

/**
 * Puts into the cluster what other installers would have put there before us: the namespace of Argo CD, with the Secret
 * that it keeps its own keys in. The sandbox runs no Argo CD; this is what merging needs to be seen on.
 */
export async function ensureFixtures(kubeconfig: string): Promise<void> {
  const { client, config } = await loadClient(kubeconfig);
  const core: CoreV1Api = config.makeApiClient(client.CoreV1Api);
  const { namespace, secret } = argoCd;
  await unlessThere(() => core.createNamespace({ body: { metadata: { name: namespace } } }));
  await unlessThere(() =>
    core.createNamespacedSecret({
      namespace,
      body: {
        metadata: { name: secret, labels: { "app.kubernetes.io/part-of": "argocd" } },
        stringData: { "server.secretkey": randomBytes(32).toString("base64") },
      },
    }),
  );

  async function unlessThere(create: () => Promise<unknown>): Promise<void> {
    try {
      await create();
    } catch (error) {
      if (!(error instanceof client.ApiException && error.code === 409)) throw error;
    }
  }
}
