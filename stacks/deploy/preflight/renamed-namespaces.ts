import type { StateResource } from "../../../components/backends/contract.ts";
import { configPath, setCommand } from "../../../components/support/messages/config-command.ts";
import type { Issue } from "../../../components/support/messages/errors.ts";
import type { Environment, Namespace } from "../../config/environment.ts";
import { deliveryTypes, resourcesOf } from "./known-deliveries.ts";

/**
 * Namespaces that the state has under another name than the facts (`namespaces.<entry>.name`). All that lies in them would
 * be made anew in the other one, and deleted where it is, with the Secrets that applications use there. Pure.
 */
export function renamedIssues(
  state: readonly StateResource[],
  { namespaces }: Pick<Environment, "namespaces">,
): readonly Issue[] {
  return namespaces.flatMap((namespace) => {
    const before = nameBefore(state, namespace);
    if (before === undefined) return [];
    const { key, entry, name, cluster } = namespace;
    const path = configPath(["namespaces", entry, "name"]);
    const component = state.find((each) => each.type === "secrets:delivery:NamespaceSecrets" && each.name === key);
    const remove = component === undefined ? "" : `: pulumi destroy --target-dependents --target '${component.urn}'`;
    return [
      {
        path,
        problem: `is "${name}", and the state has the namespace of cluster ${cluster.name} as "${before}": this run would delete its Secrets there, which applications may use`,
        fix:
          `${setCommand(path, before, { asText: true })}` +
          `\n    or, once no application uses them, remove what this stack has there, then run pulumi up again${remove}`,
      },
    ];
  });
}

/** The name of the namespace that a Secret of it is in, by the state. */
function nameBefore(state: readonly StateResource[], { key, name, deliveries }: Namespace): string | undefined {
  const types = Object.values(deliveryTypes).flat();
  return deliveries
    .flatMap((delivery) => resourcesOf(state, key, delivery, types))
    .flatMap(({ objectNamespace }) => objectNamespace ?? [])
    .find((each) => each !== name);
}
