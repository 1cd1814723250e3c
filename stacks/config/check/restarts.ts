import { workloadText } from "../../../components/clusters/workloads.ts";
import { isApplied, sourcesOf, type DeliverySpec } from "../../../components/delivery/contract.ts";
import { configPath } from "../../../components/support/messages/config-command.ts";
import type { Issue } from "../../../components/support/messages/errors.ts";
import type { Environment } from "../environment.ts";

/** Restarts follow an ExternalSecret that this program applies, and that is read again: any other would have none. Pure. */
export function checkRestarts({ namespaces, secrets }: Pick<Environment, "namespaces" | "secrets">): readonly Issue[] {
  const readOnce = new Set(secrets.flatMap(({ id, bootstrapOnly }) => (bootstrapOnly === true ? [id] : [])));
  return namespaces.flatMap(({ name, deliveries }) =>
    deliveries.flatMap((each): readonly Issue[] => {
      const { secretName, restarts = [] } = each;
      if (restarts.length > 0 && sourcesOf(each).every(({ secret }) => readOnce.has(secret))) {
        return [inVain(name, each)];
      }
      const reason = obstacle(each);
      if (restarts.length === 0 || reason === undefined) return [];
      return [
        {
          path: configPath(["namespaces", name, "secrets", secretName]),
          problem: `${restarts.map(workloadText).join(", ")} would never be restarted: the Secret ${reason}`,
          fix: "deliver it by external-secret and read it again, or take restarts out of its delivery in the catalogue",
        },
      ];
    }),
  );
}

/** A restart makes nobody read what is read at the first start alone. */
function inVain(namespace: string, { secretName, restarts = [] }: DeliverySpec): Issue {
  return {
    path: configPath(["namespaces", namespace, "secrets", secretName]),
    problem: `${restarts.map(workloadText).join(", ")} would be restarted in vain: the application reads all of the Secret at its first start alone (bootstrapOnly)`,
    fix: "take restarts out of its delivery in the catalogue, or bootstrapOnly out of the secret",
  };
}

function obstacle(delivery: DeliverySpec): string | undefined {
  if (!isApplied(delivery)) return `is delivered ${delivery.via} (via)`;
  return delivery.refresh?.policy === "CreatedOnce" ? "is read once (CreatedOnce)" : undefined;
}
