import type { ClusterSpec } from "../clusters/contract.ts";
import { shellWord } from "../support/messages/config-command.ts";

/** `kubeseal --fetch-cert …`: prints the newest certificate of the controller of a cluster, or writes it to a file. */
export function fetchCertificateCommand(
  { kubeconfig, context, sealedSecrets }: Pick<ClusterSpec, "kubeconfig" | "context" | "sealedSecrets">,
  file?: string,
): string {
  const { namespace = "", name = "" } = sealedSecrets?.controller ?? {};
  return [
    "kubeseal --fetch-cert",
    ...(kubeconfig === undefined ? [] : [`--kubeconfig ${shellWord(kubeconfig)}`]),
    ...(context === undefined ? [] : [`--context ${shellWord(context)}`]),
    `--controller-namespace ${namespace}`,
    `--controller-name ${name}`,
    ...(file === undefined ? [] : [`> ${shellWord(file)}`]),
  ].join(" ");
}
