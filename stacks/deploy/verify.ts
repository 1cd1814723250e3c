import type { ApplicationSecrets } from "../../components/applications/application-secrets.ts";
import type { VerifiedPlace, VerifyTools } from "../../components/applications/prove.ts";
import { readSecretData } from "../../components/clusters/secret-data.ts";
import { isMerged, sourcesOf } from "../../components/delivery/contract.ts";
import { verifyTarget } from "../../components/targets/kinds.ts";
import { runProbe } from "../../components/targets/probes/probe.ts";
import type { DeliveredSecret } from "./deliver.ts";

const tools: VerifyTools = { read: readSecretData, logIn: verifyTarget, probe: runProbe };

/** Verifies what was delivered of each secret, after all of its Secrets and their restarts. */
export function verifyDelivered(
  applications: ReadonlyMap<string, ApplicationSecrets>,
  delivered: readonly DeliveredSecret[],
): void {
  for (const application of applications.values()) {
    for (const id of application.verifiable) {
      const own = delivered.filter(({ delivery }) => sourcesOf(delivery).some(({ secret }) => secret === id));
      application.verify(id, {
        places: own.filter(({ by }) => by.isAwaited).map((each) => placeOf(each, id)),
        after: own.flatMap(({ by }) => by.resources),
        tools,
      });
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
