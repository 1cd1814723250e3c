import type { CustomResourceOptions } from "@pulumi/pulumi";
import { Provider } from "@pulumi/kubernetes/provider.js";
import { onlyInputs } from "../support/provider-inputs.ts";
import type { ClusterSpec, ClusterTarget } from "./contract.ts";
import { explainRefusalHook } from "./troubles/refusal-hook.ts";

/**
 * How a run takes over objects that exist and that the state does not know. By force: their fields belong to the manager of
 * another stack, or of a state that is lost. What is not this stack's is refused before.
 */
export type TakeOver = "unforced" | "forced";

export interface OpenClusterOptions extends CustomResourceOptions {
  /** Default: this run takes over nothing, and the provider stops at what exists. */
  readonly takesOver?: TakeOver | undefined;
}

/**
 * Opens a cluster for a stack (`<project>/<stack>`): registers its provider. Every flavour is reached by a kubeconfig, with
 * the cloud's own credentials from its exec plugin.
 */
export function openCluster(
  spec: ClusterSpec,
  owner: string,
  { takesOver, ...options }: OpenClusterOptions,
): ClusterTarget {
  const taking = spec.upsertExistingObjects ? "forced" : takesOver;
  const args = {
    // Empty means that the plugin looks where kubectl does (provider.go: Configure): KUBECONFIG, else ~/.kube/config.
    kubeconfig: spec.kubeconfig ?? "",
    ...(spec.context === undefined ? {} : { context: spec.context }),
    // Decides alone whether this is another cluster. Otherwise the provider compares entries of the kubeconfig, and a
    // new address or certificate of the same cluster replaces everything in it (provider.go: DiffConfig).
    clusterIdentifier: spec.identifier ?? spec.name,
    enableServerSideApply: true,
    // Otherwise a changed Secret is deleted and created again: for a moment the application has none.
    enableSecretMutable: true,
    ...(taking === undefined ? {} : { upsertExistingObjects: true }),
    // Else a Secret that is taken over has its own annotation for that.
    ...(taking === "forced" ? { enablePatchForce: true } : {}),
  };
  return {
    spec,
    provider: new Provider(spec.name, args, onlyInputs(args, options)),
    owner,
    refusal: explainRefusalHook(spec),
  };
}
