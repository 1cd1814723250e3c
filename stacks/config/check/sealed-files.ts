import { isMerged } from "../../../components/delivery/contract.ts";
import { configPath, removeCommand } from "../../../components/support/messages/config-command.ts";
import type { Issue } from "../../../components/support/messages/errors.ts";
import type { Environment } from "../environment.ts";
import { byOperator } from "./direct.ts";

/**
 * Secrets of others that a SealedSecret of a GitOps tool would have to write to. The controller writes to none without an
 * annotation, which this program sets right before it applies a SealedSecret itself. Pure.
 */
export function checkSealedFiles({ namespaces }: Pick<Environment, "namespaces">): readonly Issue[] {
  return namespaces
    .filter(({ cluster }) => cluster.sealedSecrets?.appliedBy === "gitops")
    .flatMap(({ cluster, entry, deliveries }) =>
      deliveries
        .filter((each) => each.via === "sealed-secret" && (isMerged(each) || each.existing !== undefined))
        .map((each) => {
          const path = configPath(["clusters", cluster.name, "sealedSecrets", "appliedBy"]);
          return {
            path,
            problem: `gitops can't write to Secret ${each.namespace}/${each.secretName}, which somebody else has (merge, existingSecrets): the controller needs an annotation that this program sets on it when it applies the SealedSecret itself`,
            fix: `let this program apply SealedSecrets: ${removeCommand(path)}\n    or let the operator bring this one from a store: ${byOperator([{ ...each, entry }])}`,
          };
        }),
    );
}
