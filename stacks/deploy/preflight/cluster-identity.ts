import type { StateResource } from "../../../components/backends/contract.ts";
import { setCommand } from "../../../components/support/messages/config-command.ts";
import { RefusedError, type Issue } from "../../../components/support/messages/errors.ts";
import type { Environment } from "../../config/environment.ts";

/**
 * A cluster whose facts name another one than its provider in the state would be replaced: all of its objects but the
 * namespaces deleted, by the old facts, and made anew. One small edit, a renamed context among them, is not enough for that.
 *
 * States of versions that gave no identifier say nothing: the provider then takes the new one and replaces nothing.
 *
 * @throws RefusedError that names every such cluster.
 */
export function checkClusters({ name: environment, clusters }: Environment, state: readonly StateResource[]): void {
  const known = new Map(
    state
      .filter(({ type }) => type === "pulumi:providers:kubernetes")
      .map(({ name, names }) => [name, names.clusterIdentifier]),
  );
  const issues = [...clusters.values()].flatMap(({ spec: { name, identifier = name } }): readonly Issue[] => {
    const before = known.get(name);
    if (before === undefined || before === identifier) return [];
    const problem = `the state has its objects in cluster "${before}", but the facts now name "${identifier}": all of them but the namespaces would be deleted and created again`;
    const keep = setCommand(["clusters", name, "identifier"], before, { asText: true });
    const fix = `for the same cluster: ${keep}; for a different cluster, use a new name: docs/clusters/kubeconfig.md#which-cluster-it-is`;
    return [{ path: `clusters.${name}`, problem, fix }];
  });
  if (issues.length > 0) throw new RefusedError(environment, issues);
}
