import { backendOf } from "../../../components/backends/index.ts";
import { configPath } from "../../../components/support/messages/config-command.ts";
import type { Issue } from "../../../components/support/messages/errors.ts";
import type { Cluster, Environment } from "../environment.ts";
import { storesReadBy } from "../store-use.ts";

/**
 * What keeps stores from telling the operator of a cluster where their cloud is. It is told by variables of its process: so
 * all stores of one cloud that it reads must say the same, and only who installs it can set them. Pure.
 */
export function checkOperatorVariables({ clusters }: Pick<Environment, "clusters">): readonly Issue[] {
  return [...clusters.values()].flatMap((cluster) => [...notInstalled(cluster), ...contradictions(cluster)]);
}

function notInstalled(cluster: Cluster): readonly Issue[] {
  const { externalSecrets, traits, name } = cluster.spec;
  if (externalSecrets.install && traits.operatorManager === "helm") return [];
  return storesReadBy(cluster.namespaces).flatMap((store) => {
    const set = Object.entries(backendOf(store).operatorVariables?.(store) ?? {}).filter(([, value]) => value !== "");
    if (set.length === 0) return [];
    return [
      {
        path: configPath(["stores", store.name]),
        problem: `has clusterEndpoints or fips, which reach the operator as variables of its process, and that of cluster ${name} is not installed here by its chart`,
        fix: `whoever installs it sets ${set.map(([variable, value]) => `${variable}=${value}`).join(", ")}; leave both facts out here`,
      },
    ];
  });
}

function contradictions({ spec, namespaces }: Cluster): readonly Issue[] {
  const first = new Map<string, { readonly store: string; readonly value: string }>();
  return storesReadBy(namespaces).flatMap((store): readonly Issue[] => {
    const variables = Object.entries(backendOf(store).operatorVariables?.(store) ?? {});
    const differing = variables.filter(([name, value]) => (first.get(name)?.value ?? value) !== value);
    const other = first.get(differing[0]?.[0] ?? "")?.store;
    for (const [name, value] of variables) if (!first.has(name)) first.set(name, { store: store.name, value });
    if (other === undefined) return [];
    return [
      {
        path: configPath(["stores", store.name]),
        problem: `must have the clusterEndpoints and fips of store ${other}: one operator reads both in cluster ${spec.name}, and knows one ${differing.map(([name]) => name).join(", ")}`,
      },
    ];
  });
}
