import {
  consumerNamespace,
  generatingNamespace,
  managerNamespace,
  managerNamespaceName,
  operatorLabels,
  operatorNamespace,
  restrictedLabels,
} from "../../../components/clusters/namespace-names.ts";
import { configPath } from "../../../components/support/messages/config-command.ts";
import type { Environment } from "../../config/environment.ts";
import { generatingNamespaces } from "../generate.ts";

/** A namespace that something is put into. */
export interface NeededNamespace {
  readonly cluster: string;
  readonly name: string;
  /** The fact that asks for it, as the user wrote it. */
  readonly path: string;
  /** Its logical name, without what says that it is kept. `undefined`: others make it. */
  readonly resource: string | undefined;
  /** What the names of our objects in it begin with. */
  readonly prefix: string;
  /** Whether the operator of a cluster is installed into it. */
  readonly operator: boolean;
  /** Labels without which it is open to Pods that it should refuse. */
  readonly labels?: Readonly<Record<string, string>>;
}

/** Every namespace that something of this environment is put into. Pure. */
export function neededNamespaces(environment: Environment): readonly NeededNamespace[] {
  const consumers = environment.namespaces.map(({ key, entry, cluster, name, create }): NeededNamespace => {
    const resource = create ? consumerNamespace(key) : undefined;
    const path = configPath(["namespaces", entry]);
    return { cluster: cluster.name, name, path, resource, prefix: `${key}/`, operator: false };
  });
  const operators = [...environment.clusters.values()].flatMap(
    ({ spec: cluster, needsOperator }): readonly NeededNamespace[] => {
      const { name, externalSecrets } = cluster;
      if (!externalSecrets.install || !needsOperator) return [];
      const path = `clusters.${name}.externalSecrets`;
      if (cluster.traits.operatorManager === "operator-lifecycle-manager") {
        const resource = managerNamespace(name);
        return [{ cluster: name, name: managerNamespaceName, path, resource, prefix: resource, operator: true }];
      }
      const resource = operatorNamespace(name);
      return [
        {
          cluster: name,
          name: externalSecrets.namespace,
          path: `${path}.namespace`,
          resource,
          prefix: resource,
          operator: true,
          labels: operatorLabels(externalSecrets),
        },
      ];
    },
  );
  const generating = generatingNamespaces(environment).map(({ cluster, name, key }): NeededNamespace => {
    const resource = generatingNamespace(key);
    const path = `clusters.${cluster}`;
    return { cluster, name, path, resource, prefix: resource, operator: false, labels: restrictedLabels };
  });
  return [...consumers, ...operators, ...generating];
}
