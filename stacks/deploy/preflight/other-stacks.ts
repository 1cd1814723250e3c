import type { StateResource } from "../../../components/backends/contract.ts";
import type { ClusterSpec } from "../../../components/clusters/contract.ts";
import { ownerAnnotation } from "../../../components/clusters/owner.ts";
import { placeOf, type FoundObject, type ObjectName } from "../../../components/clusters/survey.ts";
import { storesPolicyName } from "../../../components/external-secrets/admission/index.ts";
import { operatorServiceAccount } from "../../../components/external-secrets/operator/values.ts";
import { blank, configPath, removeCommand, setCommand } from "../../../components/support/messages/config-command.ts";
import type { Issue } from "../../../components/support/messages/errors.ts";
import type { Cluster } from "../../config/environment.ts";

/** What several stacks in one cluster must not both have: its operator, and a namespace. */

/** What an operator of this stack is in the state, by type: its logical name, from that of the cluster. */
const ours: Readonly<Record<string, (cluster: string) => string>> = {
  "secrets:external-secrets:ExternalSecretsOperator": (cluster) => cluster,
  "kubernetes:helm.sh/v3:Release": (cluster) => `${cluster}/operator`,
};

/** Objects that tell that a cluster has an operator, where this run is to install the first one of this stack. Pure. */
export function operatorObjects(
  { spec, needsOperator }: Cluster,
  state: readonly StateResource[],
): readonly ObjectName[] {
  const { install, namespace, admissionPolicy } = spec.externalSecrets;
  // From its first run on, even one that was killed, the state has the component.
  const isOurs = state.some(({ type, name }) => name === ours[type]?.(spec.name));
  if (!install || !needsOperator || isOurs || spec.traits.operatorManager !== "helm") return [];
  return [
    { kind: "ServiceAccount", namespace, name: operatorServiceAccount },
    // After a lost state the policies are ours to take over, whoever removed the release.
    ...(admissionPolicy === undefined || spec.upsertExistingObjects
      ? []
      : [{ kind: "ValidatingAdmissionPolicy", name: storesPolicyName } as const]),
  ];
}

/** An operator that another stack, or somebody else, has installed: Helm would stop in the middle of the run. Pure. */
export function operatorIssues(
  { name, externalSecrets }: ClusterSpec,
  found: readonly FoundObject[],
): readonly Issue[] {
  const [first] = found;
  if (first === undefined) return [];
  const path = configPath(["clusters", name, "externalSecrets", "install"]);
  const inNamespace = found.find(({ kind }) => kind === "ServiceAccount");
  const uninstall =
    inNamespace === undefined
      ? "find its release (helm list --all-namespaces) and uninstall it"
      : `helm uninstall external-secrets -n ${externalSecrets.namespace}`;
  return [
    {
      path,
      problem: `cluster ${name} has an operator that this stack did not install (${first.kind} ${placeOf(first)}): one stack installs it, and all others of the cluster use it`,
      fix:
        `${setCommand(path, false)} (docs/environments.md#two-environments-in-one-cluster)` +
        `\n    or, if it was this stack's and its state is lost: ${uninstall}`,
    },
  ];
}

/** The stack that an object belongs to, where that is another one of this program. */
function otherOwner({ annotations }: FoundObject, owner: string): string | undefined {
  const named = annotations[ownerAnnotation];
  return named === undefined || named === owner ? undefined : named;
}

export interface ForeignPlaces {
  readonly issues: readonly Issue[];
  /** Namespaces of other stacks: nothing more is said of what lies in them. The empty name is that of the cluster itself. */
  readonly places: ReadonlySet<string>;
}

/** Namespaces in which another stack of this program has its reader and its Secrets. Pure. */
export function foreignPlaces(
  { spec, namespaces }: Cluster,
  found: readonly FoundObject[],
  owner: string,
): ForeignPlaces {
  const foreign = found.filter((each) => otherOwner(each, owner) !== undefined);
  const byPlace = Map.groupBy(foreign, ({ namespace = "" }) => namespace);
  const issues = [...byPlace].flatMap(([place, [first]]): readonly Issue[] => {
    const other = first === undefined ? undefined : otherOwner(first, owner);
    if (first === undefined || other === undefined) return [];
    const entry = namespaces.find(({ name }) => name === place)?.entry;
    if (entry === undefined) {
      const path = ["clusters", spec.name, "externalSecrets", "clusterSecretStore"];
      const problem = `${first.kind} ${placeOf(first)} belongs to stack ${other}: one stack of a cluster can have a shared ClusterSecretStore`;
      return [{ path: configPath(path), problem, fix: removeCommand(path) }];
    }
    return [
      {
        path: configPath(["namespaces", entry]),
        problem: `namespace ${place} of cluster ${spec.name} belongs to stack ${other} (${first.kind} ${placeOf(first)}): a namespace has the identity, and the Secrets, of one stack`,
        fix: `give it one of its own: ${setCommand(["namespaces", entry, "name"], blank("another namespace"))}`,
      },
    ];
  });
  return { issues, places: new Set(byPlace.keys()) };
}
