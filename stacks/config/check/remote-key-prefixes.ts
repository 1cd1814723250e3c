import { configPath, removeCommand } from "../../../components/support/messages/config-command.ts";
import type { Issue } from "../../../components/support/messages/errors.ts";
import type { Cluster, Environment } from "../environment.ts";

/** Prefixes that nothing enforces: whoever wrote them relies on them. Pure. */
export function checkRemoteKeyPrefixes({ clusters }: Pick<Environment, "clusters">): readonly Issue[] {
  const issues = [...clusters.values()]
    .filter((cluster) => !hasPolicies(cluster))
    .flatMap(({ spec, namespaces }) =>
      namespaces
        .filter(({ remoteKeyPrefixes }) => remoteKeyPrefixes !== undefined)
        .map(({ entry }) => {
          const names = ["namespaces", entry, "remoteKeyPrefixes"];
          const problem = `has no effect: this stack makes no admission policies in cluster ${spec.name} (externalSecrets.install, admissionPolicy)`;
          return { path: configPath(names), problem, fix: removeCommand(names) };
        }),
    );
  return [...new Map(issues.map((issue) => [issue.path, issue])).values()];
}

function hasPolicies({ spec, needsOperator }: Cluster): boolean {
  return needsOperator && spec.externalSecrets.install && spec.externalSecrets.admissionPolicy !== undefined;
}
