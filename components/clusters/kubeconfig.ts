import type { CustomResourceOptions } from "@pulumi/pulumi";
import { Provider } from "@pulumi/kubernetes/provider.js";
import type { ClusterSpec, ClusterTarget } from "./contract.ts";

/** Opens a cluster by its kubeconfig, as every flavour is: credentials of the cloud's own come from its exec plugin. */
export function openByKubeconfig(spec: ClusterSpec, owner: string, options: CustomResourceOptions): ClusterTarget {
  const provider = new Provider(
    spec.name,
    {
      ...(spec.kubeconfig === undefined ? {} : { kubeconfig: spec.kubeconfig }),
      ...(spec.context === undefined ? {} : { context: spec.context }),
      enableServerSideApply: true,
      // Otherwise a changed Secret is deleted and created again: for a moment the application has none.
      enableSecretMutable: true,
      // By force: their fields belong to the manager of the run that made them, whose name went with the state.
      ...(spec.upsertExistingObjects ? { upsertExistingObjects: true, enablePatchForce: true } : {}),
    },
    options,
  );
  return { spec, provider, owner };
}
