import { log } from "@pulumi/pulumi";
import type { existingNamespaces, ExistingNamespace } from "../../../components/clusters/existing-namespaces.ts";
import { isUnkept, keptName, namespaceType } from "../../../components/clusters/namespace-names.ts";
import type { StateResource } from "../../../components/backends/contract.ts";
import { setCommand } from "../../../components/support/messages/config-command.ts";
import type { Issue } from "../../../components/support/messages/errors.ts";
import type { Environment } from "../../config/environment.ts";
import { neededNamespaces, type NeededNamespace } from "./needed-namespaces.ts";

export interface NamespaceFindings {
  readonly issues: readonly Issue[];
  /** Logical names of those that this stack creates (`namespace-names.ts`). */
  readonly made: ReadonlySet<string>;
}

/**
 * Which namespaces are made here: those that facts and operator ask for, and that are in the state or in no cluster. One
 * that a cluster has, and the state does not know, is used as it is and never becomes ours, whoever made it: `destroy` and
 * `up` again finds its own from before.
 *
 * Nothing may be put into a namespace that is missing or being deleted, and none may leave the state that the engine would
 * then delete: all of that is refused before the first write. A cluster is asked only about what is new to the state.
 *
 * @throws StoreError when a cluster can't be asked.
 */
export async function preflightNamespaces(
  environment: Environment,
  state: readonly StateResource[],
  ask: typeof existingNamespaces,
): Promise<NamespaceFindings> {
  const needed = neededNamespaces(environment);
  const issues: Issue[] = [...leavingIssues(needed, state)];
  const made = new Set<string>();
  for (const { spec: cluster } of environment.clusters.values()) {
    const here = needed.filter((each) => each.cluster === cluster.name);
    const found = here.some((each) => !isKnown(each, state)) ? await ask(cluster) : new Map<string, never>();
    for (const each of here) {
      if (isKnown(each, state)) {
        if (isOwned(each, state)) made.add(each.resource ?? "");
      } else if (found === undefined) {
        issues.push(...unseenIssues(each));
        continue;
      } else if (found.has(each.name)) await warnOfLabels(each, found.get(each.name));
      else if (each.resource !== undefined) made.add(each.resource);
      issues.push(...placeIssues(each, found?.get(each.name), isKnown(each, state)));
    }
  }
  return { issues, made };
}

/** Whether the state has the namespace itself: then it was made here. */
function isOwned({ resource }: NeededNamespace, state: readonly StateResource[]): boolean {
  if (resource === undefined) return false;
  return state.some(({ type, name }) => type === namespaceType && (name === resource || name === keptName(resource)));
}

/** Whether the state has the namespace, or where others make it something in it. */
function isKnown(needed: NeededNamespace, state: readonly StateResource[]): boolean {
  if (needed.resource !== undefined) return isOwned(needed, state);
  return state.some(({ type, name }) => type.startsWith("kubernetes:") && name.startsWith(needed.prefix));
}

/** Why nothing can be created in a namespace. */
function placeIssues(
  { cluster, name, path, resource }: NeededNamespace,
  found: ExistingNamespace | undefined,
  known: boolean,
): readonly Issue[] {
  if (found?.terminating === true) {
    return [
      {
        path,
        problem: `namespace ${name} of cluster ${cluster} is being deleted, and nothing can be created in it until it is gone`,
        fix: `kubectl wait --for=delete namespace/${name} --timeout=5m, then run pulumi up again; its status says what delays it: kubectl get namespace ${name} --output=yaml`,
      },
    ];
  }
  if (found !== undefined || resource !== undefined || known) return [];
  return [
    {
      path,
      problem: `cluster ${cluster} has no namespace ${name}, and this program may not create it`,
      fix: `kubectl create namespace ${name}, or let this program create it: ${setCommand(`${path}.create`, true)}`,
    },
  ];
}

/** A namespace can be created only if none is known to exist. Those that others create are not checked. */
function unseenIssues({ cluster, name, path, resource }: NeededNamespace): readonly Issue[] {
  if (resource === undefined) return [];
  const own = path.startsWith("namespaces");
  return [
    {
      path,
      problem: `namespace ${name} is created if cluster ${cluster} has none, but these credentials may not list its namespaces`,
      fix: `grant list on namespaces (kubectl auth can-i list namespaces)${own ? `, or create it yourself and: ${setCommand(`${path}.create`, false)}` : ""}`,
    },
  ];
}

/**
 * Namespaces that an earlier version made and that are not declared any more: the engine would delete them at the end of
 * this run, with everything in them, since it goes by the state.
 */
function leavingIssues(needed: readonly NeededNamespace[], state: readonly StateResource[]): readonly Issue[] {
  const declared = new Set(needed.map(({ resource }) => resource));
  return state
    .filter((each) => isUnkept(each) && !declared.has(each.name))
    .map(({ name, urn }) => ({
      path: name,
      problem:
        "an earlier version of this program created this namespace, and the state does not protect it yet: this run would delete it, with everything in it",
      fix: `undo the change that removed it from facts or catalogue, run pulumi up, then make the change again. If its cluster no longer exists: pulumi state delete --target-dependents '${urn}'`,
    }));
}

async function warnOfLabels(
  { cluster, name, labels = {} }: NeededNamespace,
  found: ExistingNamespace | undefined,
): Promise<void> {
  const missing = Object.entries(labels).filter(([key, value]) => found?.labels[key] !== value);
  if (missing.length === 0 || found?.terminating === true) return;
  const wanted = missing.map(([key, value]) => `${key}=${value}`).join(" ");
  await log.warn(
    `Namespace ${name} of cluster ${cluster} already existed and is used unchanged: without ${wanted} it admits Pods that it should reject.\n` +
      `    fix: kubectl label namespace ${name} ${wanted} --overwrite`,
  );
}
