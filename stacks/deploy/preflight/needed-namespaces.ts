import {
  consumerNamespace,
  generatingNamespace,
  managerNamespace,
  managerNamespaceName,
  operatorNamespace,
  restrictedLabels,
} from "../../../components/clusters/namespace-names.ts";
import type { EnvironmentSpec } from "../../config/environment.ts";
import { generatingNamespaces } from "../generate.ts";
import { needsOperator } from "../../config/resolve/needs-operator.ts";
import { placementKey } from "../../config/resolve/namespaces.ts";

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
export function neededNamespaces(spec: EnvironmentSpec): readonly NeededNamespace[] {
  const consumers = [...spec.namespaces.values()].map(({ cluster, name, create }): NeededNamespace => {
    const key = placementKey({ cluster, name });
    const resource = create ? consumerNamespace(key) : undefined;
    return { cluster, name, path: `namespaces["${name}"]`, resource, prefix: `${key}/`, operator: false };
  });
  const operators = [...spec.clusters.values()].flatMap((cluster): readonly NeededNamespace[] => {
    const { name, externalSecrets } = cluster;
    if (!externalSecrets.install || !needsOperator(spec, name)) return [];
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
        labels: restrictedLabels,
      },
    ];
  });
  const generating = generatingNamespaces(spec).map(({ cluster, name, key }): NeededNamespace => {
    const resource = generatingNamespace(key);
    const path = `clusters.${cluster}`;
    return { cluster, name, path, resource, prefix: resource, operator: false, labels: restrictedLabels };
  });
  return [...consumers, ...operators, ...generating];
}
