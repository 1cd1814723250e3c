import { declaredName } from "../../../components/delivery/contract.ts";
import { configPath, removeCommand, removeIfGone } from "../../../components/support/messages/config-command.ts";
import type { Issue } from "../../../components/support/messages/errors.ts";
import { quotedName } from "../../../components/support/messages/printable.ts";
import { thereAre } from "../../../components/support/messages/suggestions.ts";
import type { Delivered } from "../resolve/namespaces.ts";
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

/**
 * Secrets that facts say something of, and that the namespace does not get. Pure.
 *
 * @param delivered every Secret, be its namespace resolved or not.
 */
export function checkSecretFacts(
  { namespaces }: Pick<Facts, "namespaces">,
  delivered: readonly Delivered[],
): readonly Issue[] {
  return Object.entries(namespaces).flatMap(([namespace, { secrets }]) => {
    const known = new Set(
      delivered.flatMap(({ entry, delivery }) => (entry === namespace ? [declaredName(delivery)] : [])),
    );
    return Object.keys(secrets)
      .filter((name) => !known.has(name))
      .map((name) => {
        const path = configPath(["namespaces", namespace, "secrets", name]);
        return { path, problem: `no such Secret is delivered; ${thereAre(name, known)}`, fix: removeIfGone(path) };
      });
  });
}

/** What clusters call a namespace. */
function namesOf(entry: string, { name = entry, clusters }: NamespaceFacts): readonly string[] {
  return clusters === undefined ? [name] : Object.values(clusters).map((place) => place.name ?? name);
}

/** Secrets that facts deliver under the name of another one of the same namespace. Pure. */
export function checkDeliveredNames(delivered: readonly Delivered[]): readonly Issue[] {
  const places = Map.groupBy(delivered, ({ cluster, entry, delivery: { secretName } }) =>
    [cluster, entry, secretName].join("/"),
  );
  const issues = [...places.values()].flatMap((same) => {
    const { entry, delivery } = same.find((each) => each.delivery.declaredAs !== undefined) ?? {};
    if (entry === undefined || delivery?.declaredAs === undefined || same.length === 1) return [];
    const path = configPath(["namespaces", entry, "secrets", delivery.declaredAs, "deliveredAs"]);
    const problem = `${quotedName(delivery.secretName)} is the name of another Secret of the namespace`;
    return [{ path, problem, fix: removeCommand(path) }];
  });
  // A namespace of several clusters has the same fact in each.
  return [...new Map(issues.map((issue) => [issue.path, issue])).values()];
}
