import type { StateResource } from "../../../components/backends/contract.ts";
import { configPath, setCommand } from "../../../components/support/messages/config-command.ts";
import type { Issue } from "../../../components/support/messages/errors.ts";
import type { Environment, Namespace } from "../../config/environment.ts";
import { sealedManifestType } from "../../../components/sealed-secrets/manifest.ts";
import { knownTypes, resourcesOf } from "./known-deliveries.ts";

/**
 * Namespaces that the state has under another name than the facts (`namespaces.<entry>.name`). All that lies in them would
 * be made anew in the other one, and deleted where it is, with the Secrets that applications use there. Pure.
 */
export function renamedIssues(
  state: readonly StateResource[],
  { namespaces }: Pick<Environment, "namespaces">,
): readonly Issue[] {
  return namespaces.flatMap((namespace) => {
    const secrets = secretsOf(state, namespace).find(({ objectNamespace }) => isElsewhere(objectNamespace, namespace));
    // Of Secrets that a GitOps tool delivers, the account is here, and the rest is not.
    const { objectNamespace: before } = secrets ?? readerOf(state, namespace) ?? {};
    if (!isElsewhere(before, namespace)) return [];
    const lost =
      secrets === undefined
        ? "the service account there, with which the operator reads for it"
        : secrets.type === sealedManifestType
          ? "the manifests of its Secrets there, which a GitOps tool would delete then, although applications may use them"
          : "its Secrets there, which applications may use";
    const { key, entry, name, cluster } = namespace;
    const path = configPath(["namespaces", entry, "name"]);
    const component = state.find((each) => each.type === "secrets:delivery:NamespaceSecrets" && each.name === key);
    const remove = component === undefined ? "" : `: pulumi destroy --target-dependents --target '${component.urn}'`;
    return [
      {
        path,
        problem: `is "${name}", and the state has the namespace of cluster ${cluster.name} as "${before}": this run would delete ${lost}`,
        fix:
          `${setCommand(path, before, { asText: true })}` +
          `\n    or, once no application uses them, remove what this stack has there, then run pulumi up again${remove}`,
      },
    ];
  });
}

/** What delivers the Secrets of a namespace, by the state. */
function secretsOf(state: readonly StateResource[], { key, deliveries }: Namespace): readonly StateResource[] {
  return deliveries.flatMap((delivery) => resourcesOf(state, key, delivery, knownTypes));
}

/** The service account that the operator reads with in a namespace, by the state. */
function readerOf(state: readonly StateResource[], { key }: Namespace): StateResource | undefined {
  const name = `${key}/service-account`;
  return state.find((each) => each.type === "kubernetes:core/v1:ServiceAccount" && each.name === name);
}

function isElsewhere(before: string | undefined, { name }: Namespace): before is string {
  return before !== undefined && before !== name;
}
