import { isApplied, sourcesOf } from "../../../components/delivery/contract.ts";
import { configPath } from "../../../components/support/messages/config-command.ts";
import type { Issue } from "../../../components/support/messages/errors.ts";
import { retiresPrevious, targetText } from "../../../components/targets/kinds.ts";
import type { Environment } from "../environment.ts";

/**
 * A previous password is removed only where every workload that reads it was restarted before: of each Secret, facts of the
 * catalogue must name them. Pure.
 */
export function checkRetiredPasswords({
  accounts,
  namespaces,
}: Pick<Environment, "accounts" | "namespaces">): readonly Issue[] {
  return accounts.filter(retiresPrevious).flatMap(({ secret, target }) =>
    namespaces.flatMap(({ cluster, deliveries }) =>
      deliveries
        .filter((each) => sourcesOf(each).some((source) => source.secret === secret.id))
        .filter((each) => !isApplied(each) || (each.restarts ?? []).length === 0)
        .map(({ namespace, secretName }) => ({
          path: configPath(["catalogue", secret.app, "secrets", secret.name, "accounts"]),
          problem: `retirePrevious: no run restarts what reads Secret ${namespace}/${secretName} of cluster ${cluster.name}, which would go on with a password that ${targetText(target)} no longer accepts`,
          fix: "name its workloads under restarts of the delivery, or leave retirePrevious out: the previous password is then valid until the next rotation",
        })),
    ),
  );
}
