import type { CustomResourceOptions } from "@pulumi/pulumi";
import type { ClusterFlavour, ClusterSpec, ClusterTarget } from "./contract.ts";
import { openByKubeconfig } from "./kubeconfig.ts";

type Open<F extends ClusterFlavour> = (
  spec: Extract<ClusterSpec, { flavour: F }>,
  owner: string,
  options: CustomResourceOptions,
) => ClusterTarget;

/** One row per flavour; a flavour without its row does not compile. */
const flavours: { readonly [F in ClusterFlavour]: Open<F> } = {
  eks: openByKubeconfig,
  aks: openByKubeconfig,
  gke: openByKubeconfig,
  openshift: openByKubeconfig,
  kubeconfig: openByKubeconfig,
};

/** Every flavour. */
export const clusterFlavours = Object.keys(flavours) as readonly ClusterFlavour[];

/** Opens a cluster for a stack (`<project>/<stack>`): registers its provider. */
export function openCluster(spec: ClusterSpec, owner: string, options: CustomResourceOptions): ClusterTarget {
  return (flavours[spec.flavour] as Open<ClusterFlavour>)(spec, owner, options);
}
