import type { AuthorizationV1Api, RbacAuthorizationV1Api } from "@kubernetes/client-node";
import { loadClient } from "../../../sandbox/platform/kubernetes.ts";
import { cluster, ifExists } from "./cluster.ts";
import { connection } from "./platform.ts";

export interface ConditionedObject {
  readonly metadata: {
    readonly namespace: string;
    readonly name: string;
    readonly uid: string;
    readonly ownerReferences?: unknown;
  };
  readonly spec: Readonly<Record<string, unknown>>;
  readonly status?: {
    readonly conditions?: readonly { readonly type: string; readonly status: string; readonly message?: string }[];
  };
}

/** Objects of the operator in all namespaces; none when its kinds do not exist. */
export async function operatorObjects(
  plural: "externalsecrets" | "secretstores",
): Promise<readonly ConditionedObject[]> {
  const { custom } = await cluster();
  const list = await ifExists(
    custom.listCustomObjectForAllNamespaces({
      group: "external-secrets.io",
      version: "v1",
      resourcePlural: plural,
    }) as Promise<{
      readonly items: readonly ConditionedObject[];
    }>,
  );
  return list?.items ?? [];
}

export function isReady({ status }: ConditionedObject): boolean {
  return status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True") ?? false;
}

/** Names of the operator's custom resource definitions. */
export async function customResourceKinds(): Promise<readonly string[]> {
  const { custom } = await cluster();
  const list = (await custom.listClusterCustomObject({
    group: "apiextensions.k8s.io",
    version: "v1",
    plural: "customresourcedefinitions",
  })) as { readonly items: readonly { readonly metadata: { readonly name: string } }[] };
  return list.items
    .map(({ metadata }) => metadata.name)
    .filter((name) => name.endsWith("external-secrets.io"))
    .sort();
}

/** The Kubernetes user that the operator's own service account is. */
export const operatorUser = "system:serviceaccount:external-secrets:external-secrets";

/** Whether the operator may mint a token of a service account. */
export async function operatorMayMint(account: {
  readonly namespace: string;
  readonly name: string;
}): Promise<boolean> {
  const { client, config } = await loadClient(connection().kubeconfig);
  const review = await config.makeApiClient<AuthorizationV1Api>(client.AuthorizationV1Api).createSubjectAccessReview({
    body: {
      spec: {
        user: operatorUser,
        groups: ["system:serviceaccounts", "system:serviceaccounts:external-secrets", "system:authenticated"],
        resourceAttributes: { verb: "create", resource: "serviceaccounts", subresource: "token", ...account },
      },
    },
  });
  return review.status?.allowed === true;
}

/** Rules of every ClusterRole that is bound to the operator cluster-wide. */
export async function operatorClusterRules() {
  const { client, config } = await loadClient(connection().kubeconfig);
  const rbac = config.makeApiClient<RbacAuthorizationV1Api>(client.RbacAuthorizationV1Api);
  const bindings = (await rbac.listClusterRoleBinding()).items.filter(({ subjects }) =>
    subjects?.some(({ namespace, name }) => namespace === "external-secrets" && name === "external-secrets"),
  );
  const roles = await Promise.all(bindings.map(({ roleRef }) => rbac.readClusterRole({ name: roleRef.name })));
  return roles.flatMap(({ rules }) => rules ?? []);
}
