import { configPath, removeCommand } from "../../../components/support/messages/config-command.ts";
import type { Issue } from "../../../components/support/messages/errors.ts";
import type { Facts } from "../schema/index.ts";
import type { NamespaceFacts } from "../schema/namespaces.ts";

/** Namespaces that a cluster makes and keeps for itself. */
const ofTheCluster = /^(?:default|openshift|(?:kube|openshift)-.*)$/;

/** Namespaces that facts have this program make, and that every cluster has or keeps for itself. Pure. */
export function checkNamespaceFacts({ namespaces }: Pick<Facts, "namespaces">): readonly Issue[] {
  return Object.entries(namespaces)
    .filter(([entry, facts]) => facts.create && namesOf(entry, facts).some((name) => ofTheCluster.test(name)))
    .map(([entry]) => ({
      path: configPath(["namespaces", entry, "create"]),
      problem: "must be false: default, kube-* and openshift-* belong to the cluster, which makes them itself",
      fix: removeCommand(["namespaces", entry, "create"]),
    }));
}

/** What clusters call a namespace. */
function namesOf(entry: string, { name = entry, clusters }: NamespaceFacts): readonly string[] {
  return clusters === undefined ? [name] : Object.values(clusters).map((place) => place.name ?? name);
}
