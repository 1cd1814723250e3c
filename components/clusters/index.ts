import type { CustomResourceOptions } from "@pulumi/pulumi";
import type { ClusterFlavour, ClusterSpec, ClusterTarget } from "./contract.ts";
import { openKubeconfigCluster } from "./kubeconfig.ts";

/** One row per flavour; a flavour without its row does not compile. */
const flavours: {
  readonly [F in ClusterFlavour]: (
    spec: Extract<ClusterSpec, { flavour: F }>,
    options: CustomResourceOptions,
  ) => ClusterTarget;
} = { kubeconfig: openKubeconfigCluster };

/** Flavours that have an implementation. */
export const builtClusterFlavours = Object.keys(flavours) as readonly ClusterFlavour[];

/** Opens a cluster: registers its provider. */
export function openCluster(spec: ClusterSpec, options: CustomResourceOptions): ClusterTarget {
  return flavours[spec.flavour](spec, options);
}
