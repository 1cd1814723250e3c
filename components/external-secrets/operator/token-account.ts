import type { CustomResourceOptions, Input, Resource } from "@pulumi/pulumi";
import { ServiceAccount } from "@pulumi/kubernetes/core/v1/serviceAccount.js";
import { Role } from "@pulumi/kubernetes/rbac/v1/role.js";
import { RoleBinding } from "@pulumi/kubernetes/rbac/v1/roleBinding.js";
import { ownedBy } from "../../clusters/owner.ts";
import { tokenRequestRules } from "./controller-rbac.ts";
import { operatorServiceAccount } from "./values.ts";

export interface TokenAccountArgs {
  /** Name of the service account. */
  readonly account: string;
  readonly namespace: string;
  /** Namespace of the operator, which speaks for it; `undefined` where none does. */
  readonly operatorNamespace: string | undefined;
  /** The stack that it belongs to. */
  readonly owner: string;
  /** Annotations by which a cloud finds the identity of the account. */
  readonly annotations: Readonly<Record<string, Input<string>>>;
}

/**
 * A service account that a store trusts, and the operator's permission to request tokens for exactly this account. Where
 * only Pods use it, which mount through the CSI driver, nobody gets that permission.
 */
export function tokenAccount(
  name: string,
  { account: accountName, namespace, operatorNamespace, owner, annotations }: TokenAccountArgs,
  options: CustomResourceOptions,
): readonly Resource[] {
  const account = new ServiceAccount(
    `${name}/service-account`,
    {
      metadata: { name: accountName, namespace, annotations: { ...ownedBy(owner), ...annotations } },
      // ESO and the CSI driver ask for tokens of their own: no Pod needs one mounted.
      automountServiceAccountToken: false,
    },
    options,
  );
  if (operatorNamespace === undefined) return [account];
  const metadata = { name: `${accountName}-token-request`, namespace, annotations: ownedBy(owner) };
  const role = new Role(`${name}/token-request`, { metadata, rules: tokenRequestRules(accountName) }, options);
  const binding = new RoleBinding(
    `${name}/token-request-binding`,
    {
      metadata,
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: metadata.name },
      subjects: [{ kind: "ServiceAccount", name: operatorServiceAccount, namespace: operatorNamespace }],
    },
    { ...options, dependsOn: role },
  );
  return [account, role, binding];
}
