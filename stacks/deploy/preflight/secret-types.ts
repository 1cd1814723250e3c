import type { StateResource } from "../../../components/backends/contract.ts";
import type { ClusterSpec } from "../../../components/clusters/contract.ts";
import { placeOf, type FoundObject } from "../../../components/clusters/survey.ts";
import { defaultSecretType, isMerged, typeOf, type DeliverySpec } from "../../../components/delivery/contract.ts";
import { mintingTypes } from "../../../components/external-secrets/admission/secrets.ts";
import type { Issue } from "../../../components/support/messages/errors.ts";
import { clippedName } from "../../../components/support/messages/printable.ts";
import type { Cluster, Namespace } from "../../config/environment.ts";
import { secretOf } from "./existing-secrets.ts";
import { deliveryTypes, resourcesOf } from "./known-deliveries.ts";

/**
 * Kubernetes never changes the type of a Secret. The operator would fail to write the Secret in the middle of a run, and
 * Pulumi would delete a plain one before it makes it anew; so a type that differs is refused before the first write.
 */

/** Why the type of an existing Secret stops the run. Pure. */
export function existingTypeIssues(
  cluster: ClusterSpec,
  delivery: DeliverySpec,
  secret: FoundObject | undefined,
): readonly Issue[] {
  const wanted = typeOf(delivery);
  if (secret?.type === undefined || wanted === undefined || secret.type === wanted) return [];
  const said =
    delivery.type === undefined ? "its delivery names no type, which is Opaque" : `its delivery says ${wanted}`;
  return [
    {
      path: `clusters.${cluster.name}`,
      problem: `Secret ${placeOf(secretOf(delivery))} exists with type ${clippedName(secret.type)}, and ${said}: Kubernetes never changes the type of a Secret`,
      fix: mintingTypes.includes(secret.type)
        ? "in the catalogue, give the delivery another secretName"
        : `in the catalogue, give the delivery type: "${clippedName(secret.type)}", or another secretName`,
    },
  ];
}

/** Secrets of a cluster that this stack owns, and whose deliveries have another type than before. Pure. */
export function changedTypeIssues(state: readonly StateResource[], { spec, namespaces }: Cluster): readonly Issue[] {
  return namespaces.flatMap((namespace) =>
    namespace.deliveries.flatMap((delivery): readonly Issue[] => {
      const known = knownIn(state, namespace, delivery);
      if (isMerged(delivery) || known === undefined || known.merges === true) return [];
      // No Secret was made of the files so far.
      if (delivery.via === "csi" && known.secretType === undefined) return [];
      const before = known.secretType ?? defaultSecretType;
      const wanted = delivery.type ?? defaultSecretType;
      if (before === wanted) return [];
      return [
        {
          path: `clusters.${spec.name}`,
          problem: `Secret ${placeOf(secretOf(delivery))} has type ${before}, and its delivery now says ${wanted}: Kubernetes never changes the type of a Secret`,
          fix: "in the catalogue, leave this delivery as it was, and add one of the new type under another secretName; remove the old one when no application reads it",
        },
      ];
    }),
  );
}

/** Deliveries into Secrets of others that name another type than before: only the cluster knows whether it is theirs. Pure. */
export function newTypes(state: readonly StateResource[], { namespaces }: Cluster): readonly DeliverySpec[] {
  return namespaces.flatMap((namespace) =>
    namespace.deliveries.filter((delivery) => {
      const known = knownIn(state, namespace, delivery);
      const wanted = typeOf(delivery);
      return known !== undefined && isMerged(delivery) && wanted !== undefined && wanted !== known.secretType;
    }),
  );
}

function knownIn(
  state: readonly StateResource[],
  { key }: Pick<Namespace, "key">,
  delivery: DeliverySpec,
): StateResource | undefined {
  // Whatever delivered it so far: a Secret that is handed over keeps its type.
  const types = [...deliveryTypes[delivery.via], ...Object.values(deliveryTypes).flat()];
  return types.flatMap((type) => resourcesOf(state, key, delivery, [type]))[0];
}
