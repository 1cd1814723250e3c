import type { CustomResourceOptions, Input, Resource } from "@pulumi/pulumi";
import { Secret } from "@pulumi/kubernetes/core/v1/secret.js";
import { ServiceAccount } from "@pulumi/kubernetes/core/v1/serviceAccount.js";
import { Role } from "@pulumi/kubernetes/rbac/v1/role.js";
import { RoleBinding } from "@pulumi/kubernetes/rbac/v1/roleBinding.js";
import { tokenRequestRules } from "../external-secrets/controller-rbac.ts";
import { operatorServiceAccount } from "../external-secrets/operator-values.ts";
import type { Identity, StaticIdentity } from "../identity/contract.ts";
import { credentialsSecret } from "../identity/static.ts";
import { unreachable } from "../support/errors.ts";
import { readerName } from "../support/naming.ts";

/** Where a reader is. */
export interface ReaderPlace {
  readonly namespace: string;
  /** Namespace of the operator, which reads in its name. */
  readonly operatorNamespace: string;
}

/** What an identity needs in the cluster: a service account, a Secret with credentials, or nothing. */
export function readerOf(
  name: string,
  identity: Identity,
  place: ReaderPlace,
  options: CustomResourceOptions,
): readonly Resource[] {
  switch (identity.via) {
    case "service-account":
      return readerAccount(name, { ...place, annotations: identity.annotations }, options);
    case "static":
      return [credentials(name, identity, place, options)];
    case "controller":
      return [];
    default:
      return unreachable(identity);
  }
}

function credentials(
  name: string,
  identity: StaticIdentity,
  { namespace }: ReaderPlace,
  options: CustomResourceOptions,
): Resource {
  const metadata = { name: credentialsSecret, namespace };
  return new Secret(`${name}/credentials`, { metadata, type: "Opaque", stringData: identity.credentials }, options);
}

interface ReaderAccountArgs extends ReaderPlace {
  /** Annotations by which a cloud finds the identity of the account. */
  readonly annotations: Readonly<Record<string, Input<string>>>;
}

/** The service account that reads a store, and the operator's right to speak for exactly this one. */
function readerAccount(
  name: string,
  { namespace, operatorNamespace, annotations }: ReaderAccountArgs,
  options: CustomResourceOptions,
): readonly Resource[] {
  const account = new ServiceAccount(
    `${name}/service-account`,
    {
      metadata: { name: readerName, namespace, ...(Object.keys(annotations).length === 0 ? {} : { annotations }) },
      // Only ESO uses it, with tokens it asks for: no Pod needs its token mounted.
      automountServiceAccountToken: false,
    },
    options,
  );
  const metadata = { name: `${readerName}-token-request`, namespace };
  const role = new Role(`${name}/token-request`, { metadata, rules: tokenRequestRules(readerName) }, options);
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
