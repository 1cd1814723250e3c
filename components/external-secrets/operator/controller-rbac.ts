/**
 * Cluster-wide rights of the controller, for charts that can't leave out the right to mint a token for any service
 * account (before 2.5.0). Follows the chart's own ClusterRole (external-secrets 0.20.3, `templates/rbac.yaml`) without
 * token creation, and the rights of reconcilers that are switched off. Token creation is granted
 * per namespace and service account, beside the SecretStore that needs it.
 */
export function controllerRules({ clusterStores, pushSecrets, generators = [] }: ControllerDuties) {
  const stores = clusterStores ? ["secretstores", "clustersecretstores"] : ["secretstores"];
  return [
    rule("external-secrets.io", [...stores, "externalsecrets"], ["get", "list", "watch"]),
    rule(
      "external-secrets.io",
      ["externalsecrets", "externalsecrets/status", "externalsecrets/finalizers"],
      ["get", "update", "patch"],
    ),
    rule(
      "external-secrets.io",
      stores.flatMap((kind) => [kind, `${kind}/status`, `${kind}/finalizers`]),
      ["get", "update", "patch"],
    ),
    ...(pushSecrets ? pushing : notGenerating),
    ...(generators.length === 0 ? [] : issuing(generators)),
    rule("", ["serviceaccounts", "namespaces"], ["get", "list", "watch"]),
    rule("", ["secrets"], ["get", "list", "watch", "create", "update", "delete", "patch"]),
    rule("", ["events"], ["create", "patch"]),
  ];
}

/** What the controller does in a cluster. */
export interface ControllerDuties {
  /** Whether it serves ClusterSecretStores. */
  readonly clusterStores: boolean;
  /** Whether it generates values, and pushes them into stores. */
  readonly pushSecrets: boolean;
  /** Kinds of generators by which it gets credentials that stores issue, in the plural of resources. Default: none. */
  readonly generators?: readonly string[];
}

/** Its manager watches them whether or not a generator is ever used, and does not start without. */
const notGenerating = [rule("generators.external-secrets.io", ["generatorstates"], ["get", "list", "watch"])];

const pushing = [
  rule("external-secrets.io", ["pushsecrets"], ["get", "list", "watch"]),
  rule(
    "external-secrets.io",
    ["pushsecrets", "pushsecrets/status", "pushsecrets/finalizers"],
    ["get", "update", "patch"],
  ),
  rule("generators.external-secrets.io", ["passwords", "uuids"], ["get", "list", "watch"]),
  rule(
    "generators.external-secrets.io",
    ["generatorstates"],
    ["get", "list", "watch", "create", "update", "patch", "delete", "deletecollection"],
  ),
];

/** It looks for a state of each generator that it runs, though none of these has any (external-secrets v0.20.4, `statemanager`). */
function issuing(generators: readonly string[]) {
  return [
    rule("generators.external-secrets.io", [...generators], ["get", "list", "watch"]),
    rule(
      "generators.external-secrets.io",
      ["generatorstates"],
      ["get", "list", "watch", "create", "update", "patch", "delete"],
    ),
  ];
}

/** Leader election keeps a lease in the operator's own namespace. */
export const leaderElectionRules = [rule("coordination.k8s.io", ["leases"], ["get", "create", "update", "patch"])];

/** Lets the holder mint tokens for exactly one service account of the namespace that the Role is in. */
export function tokenRequestRules(serviceAccount: string) {
  return [{ ...rule("", ["serviceaccounts/token"], ["create"]), resourceNames: [serviceAccount] }];
}

function rule(apiGroup: string, resources: string[], verbs: string[]) {
  return { apiGroups: [apiGroup], resources, verbs };
}
