import { placeOf, type FoundObject } from "../../../components/clusters/survey.ts";
import type { DeliverySpec } from "../../../components/delivery/contract.ts";
import { syncedSecretLabel } from "../../../components/secrets-store-csi/manifests.ts";
import { setCommand } from "../../../components/support/messages/config-command.ts";
import type { Issue } from "../../../components/support/messages/errors.ts";
import type { Cluster } from "../../config/environment.ts";
import { secretOf } from "./existing-secrets.ts";

export interface SyncedIssuesArgs {
  readonly cluster: Cluster;
  readonly delivery: DeliverySpec;
  /** The Secret that has its name; absent where none has. */
  readonly secret: FoundObject | undefined;
}

/**
 * Why an existing Secret stops the run that has the name of one that the CSI driver is to make. The driver leaves its values
 * as they are, makes the Pods its owners all the same, and Kubernetes deletes it with the last of them
 * (`controllers/secretproviderclasspodstatus_controller.go`, `patchSecretWithOwnerRef`). Pure.
 */
export function syncedIssues({ cluster: { spec, namespaces }, delivery, secret }: SyncedIssuesArgs): readonly Issue[] {
  if (secret === undefined || secret.labels[syncedSecretLabel] === "true") return [];
  const place = placeOf(secretOf(delivery));
  const entry = namespaces.find(({ name }) => name === delivery.namespace)?.entry ?? delivery.namespace;
  const via = ["namespaces", entry, "secrets", delivery.secretName, "via"];
  return [
    {
      path: `clusters.${spec.name}`,
      problem: `Secret ${place} exists, and the CSI driver did not make it: it would keep its values, and be deleted with the last Pod that mounts ${delivery.secretName}`,
      fix: [
        "in the catalogue, give the delivery another secretName",
        `or have files alone: ${setCommand(["clusters", spec.name, "secretsStoreCsi", "syncSecret"], false)}`,
        `or deliver it by the operator: ${setCommand(via, "external-secret")}`,
      ].join("\n    "),
    },
  ];
}
