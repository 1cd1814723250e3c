import type { CustomResourceOptions, Resource } from "@pulumi/pulumi";
import { Secret } from "@pulumi/kubernetes/core/v1/secret.js";
import { byForce, ownedBy } from "../clusters/owner.ts";
import { tokenAccount } from "../external-secrets/operator/token-account.ts";
import type { Identity, StaticIdentity } from "../backends/identity.ts";
import { credentialsSecret } from "../backends/static-identity.ts";
import { unreachable } from "../support/errors.ts";
import { readerName } from "../support/naming.ts";

/** Where a reader is. */
export interface ReaderPlace {
  readonly namespace: string;
  /** Namespace of the operator, which reads in its name. */
  readonly operatorNamespace: string;
  /** The stack that makes it. */
  readonly owner: string;
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
      return tokenAccount(name, { ...place, account: readerName, annotations: identity.annotations }, options);
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
  { namespace, owner }: ReaderPlace,
  options: CustomResourceOptions,
): Resource {
  const metadata = { name: credentialsSecret, namespace, annotations: { ...ownedBy(owner), ...byForce } };
  return new Secret(`${name}/credentials`, { metadata, type: "Opaque", stringData: identity.credentials }, options);
}
