import { log, type ErrorHook } from "@pulumi/pulumi";
import { explainHook } from "../../support/explain-hook.ts";
import { explanationText } from "../../support/messages/explanation.ts";
import { causeOf, listAll, loadClient, metadataOnly } from "../client.ts";
import type { ClusterSpec } from "../contract.ts";
import { explainRelease, type FailedRelease, type ReleaseEvent, type ReleaseName } from "./release.ts";

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
    const client = await loadClient(cluster);
    const [records, events] = await Promise.all([
      listAll<FailedRelease["records"][number]>(client, {
        at: { apiVersion: "v1", kind: "Secret", namespace },
        query: { labelSelector: `owner=helm,name=${name}` },
        // Their contents are whole charts.
        accept: metadataOnly,
      }),
      listAll<ReleaseEvent>(client, { at: { apiVersion: "v1", kind: "Event", namespace } }),
    ]);
    return { records, events };
  } catch (error) {
    await log.warn(`What the cluster says of Helm release ${namespace}/${name} could not be read: ${causeOf(error)}`);
    return { records: [], events: [] };
  }
}
