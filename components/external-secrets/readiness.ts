import { ErrorHook, log } from "@pulumi/pulumi";
import { loadClient } from "../clusters/client.ts";
import type { ClusterSpec, ClusterTarget } from "../clusters/contract.ts";
import { messageOf } from "../support/errors.ts";
import { apiVersion } from "./manifests.ts";
import { explainNotReady } from "./explain.ts";

/** Makes Pulumi wait until the object says that it is Ready. */
export const waitForReady = { "pulumi.com/waitFor": "condition=Ready" } as const;

/** How long a store or a Secret may take; a healthy one takes well under a second. */
export const readyTimeouts = { create: "45s", update: "45s", delete: "60s" } as const;

/** An error hook that reads the object's status when it did not become Ready, and logs the reason and the fix. */
export function explainHook(cluster: ClusterTarget): ErrorHook {
  return new ErrorHook(`explain-not-ready-${cluster.spec.name}`, async ({ newInputs }) => {
    const inputs = newInputs as { kind?: string; metadata?: { name?: string; namespace?: string } } | undefined;
    try {
      const text = await readAndExplain(cluster.spec, inputs ?? {});
      if (text !== undefined) await log.error(text);
    } catch (error) {
      await log.warn(`The reason could not be read from the cluster: ${messageOf(error)}`);
    }
    return false; // never retry: the reason is shown, and the next `up` tries again
  });
}

async function readAndExplain(
  spec: ClusterSpec,
  { kind, metadata }: { kind?: string; metadata?: { name?: string; namespace?: string } },
): Promise<string | undefined> {
  if (kind === undefined || metadata?.name === undefined || metadata.namespace === undefined) return undefined;
  const { name, namespace } = metadata;
  const { library, config } = await loadClient(spec);
  const object = await library.KubernetesObjectApi.makeApiClient(config).read({
    apiVersion,
    kind,
    metadata: { name, namespace },
  });
  const events = await config
    .makeApiClient(library.CoreV1Api)
    .listNamespacedEvent({ namespace, fieldSelector: `involvedObject.kind=${kind},involvedObject.name=${name}` });
  return explainNotReady(object, events.items);
}
