import { isRemote } from "../../../components/backends/index.ts";
import type { EnvironmentSpec } from "../environment.ts";

/** Whether a namespace of the cluster reads a remote store. */
export function needsOperator(spec: EnvironmentSpec, cluster: string): boolean {
  return [...spec.namespaces.values()].some((namespace) => {
    const store = spec.stores.get(namespace.store);
    return namespace.cluster === cluster && store !== undefined && isRemote(store);
  });
}
