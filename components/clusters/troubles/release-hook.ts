import { log, type ErrorHook } from "@pulumi/pulumi";
import { explainHook } from "../../support/explain-hook.ts";
import { explanationText } from "../../support/messages/explanation.ts";
import { causeOf, loadClient } from "../client.ts";
import type { ClusterSpec } from "../contract.ts";
import { explainRelease, type FailedRelease, type ReleaseName } from "./release.ts";

/** Logs why a Helm release failed, in the doctor's words. The name of the hook is unique by cluster and release. */
export function explainReleaseHook(
  cluster: Pick<ClusterSpec, "name" | "kubeconfig" | "context">,
  release: Omit<ReleaseName, "kubectl">,
): ErrorHook {
  const named = { ...release, kubectl: (words: string) => `kubectl ${words}` };
  return explainHook(`explain-release-${cluster.name}-${release.name}`, async ({ error }) => {
    const found = await lookedAt(cluster, named);
    const explanation = explainRelease({ release: named, error, ...found });
    return explanation === undefined ? undefined : explanationText(explanation);
  });
}

/** What the cluster has of a release: Helm's records, by their labels alone, and the events of its namespace. */
async function lookedAt(
  cluster: Pick<ClusterSpec, "kubeconfig" | "context">,
  { name, namespace }: ReleaseName,
): Promise<Pick<FailedRelease, "records" | "events">> {
  try {
    const { library, config } = await loadClient(cluster);
    const core = config.makeApiClient(library.CoreV1Api);
    const [records, events] = await Promise.all([
      core.listNamespacedSecret({ namespace, labelSelector: `owner=helm,name=${name}` }),
      core.listNamespacedEvent({ namespace }),
    ]);
    return { records: records.items.map(({ metadata = {} }) => ({ metadata })), events: events.items };
  } catch (error) {
    await log.warn(`What the cluster says of Helm release ${namespace}/${name} could not be read: ${causeOf(error)}`);
    return { records: [], events: [] };
  }
}
