import { configPath, removeCommand } from "../../../components/support/messages/config-command.ts";
import type { Issue } from "../../../components/support/messages/errors.ts";
import type { Facts } from "../schema/index.ts";

/** Namespaces that a cluster makes and keeps for itself. */
const ofTheCluster = /^(?:default|openshift|(?:kube|openshift)-.*)$/;

/** Namespaces that facts have this program make, and that every cluster has or keeps for itself. Pure. */
export function checkNamespaceFacts({ namespaces }: Pick<Facts, "namespaces">): readonly Issue[] {
  return Object.entries(namespaces)
    .filter(([name, { create }]) => create && ofTheCluster.test(name))
    .map(([name]) => ({
      path: configPath(["namespaces", name, "create"]),
      problem: "must be false: default, kube-* and openshift-* belong to the cluster, which makes them itself",
      fix: removeCommand(["namespaces", name, "create"]),
    }));
}
