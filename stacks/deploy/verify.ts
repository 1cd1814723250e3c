import type { Resource } from "@pulumi/pulumi";
import type { ApplicationSecrets } from "../../components/applications/application-secrets.ts";
import type { VerifiedPlace, VerifyTools } from "../../components/applications/prove.ts";
import { readSecretData } from "../../components/clusters/secret-data.ts";
import { isMerged, sourcesOf } from "../../components/delivery/contract.ts";
import { lookup } from "../../components/support/lookup.ts";
import { verifyTarget } from "../../components/targets/kinds.ts";
import { runProbe } from "../../components/targets/probes/probe.ts";
import type { DeliveredSecret } from "./deliver.ts";

const deliveredBySecret = lookup<DeliveredSecret>(({ delivery }) => sourcesOf(delivery).map(({ secret }) => secret));

const tools: VerifyTools = { read: readSecretData, logIn: verifyTarget, probe: runProbe };

/**
 * Verifies what was delivered of each secret, after all of its Secrets and their restarts.
 *
 * @param onMade receives each secret that is made here, with what is there once it is at its end: objects, Secrets, the verification.
 */
export function verifyDelivered(
  applications: ReadonlyMap<string, ApplicationSecrets>,
  delivered: readonly DeliveredSecret[],
  onMade: (id: string, resources: readonly Resource[]) => void,
): void {
  for (const application of applications.values()) {
    const verifiable = new Set(application.verifiable);
    for (const id of application.written) {
      const own = deliveredBySecret(delivered, id);
      const after = own.flatMap(({ by }) => by.resources);
      const places = own.filter(({ by }) => by.isAwaited).map((each) => placeOf(each, id));
      const proof = verifiable.has(id) ? [application.verify(id, { places, after, tools })] : [];
      onMade(id, [...application.writtenOf(id), ...after, ...proof]);
    }
  }
}

/** A Secret, with its keys of one secret. What the operator composes of several values is not among them. */
function placeOf({ namespace, delivery }: DeliveredSecret, id: string): VerifiedPlace {
  const { kubeconfig, context, name } = namespace.cluster;
  return {
    cluster: {
      name,
      ...(kubeconfig === undefined ? {} : { kubeconfig }),
      ...(context === undefined ? {} : { context }),
    },
    namespace: delivery.namespace,
    secretName: delivery.secretName,
    keys: delivery.keys.filter(({ secret }) => secret === id),
    isMerged: isMerged(delivery),
  };
}
