import type { CustomResourceOptions, Resource } from "@pulumi/pulumi";
import { Secret } from "@pulumi/kubernetes/core/v1/secret.js";
import { byForce, ownedBy } from "../clusters/owner.ts";
import { tokenAccount } from "../external-secrets/operator/token-account.ts";
import type { Login, StaticLogin } from "../backends/identity.ts";
import { unreachable } from "../support/messages/errors.ts";

/** Where a reader is. */
export interface ReaderPlace {
  readonly namespace: string;
  /** Namespace of the operator, which reads in its name; `undefined` where only Pods of the namespace do. */
  readonly operatorNamespace: string | undefined;
  /** The stack that makes it. */
  readonly owner: string;
}

/** What a login needs in the cluster: a service account, a Secret with credentials, or nothing. */
export function loginResources(
  name: string,
  login: Login,
  place: ReaderPlace,
  options: CustomResourceOptions,
): readonly Resource[] {
  switch (login.kind) {
    case "service-account":
      return tokenAccount(name, { ...place, account: login.serviceAccount, annotations: login.annotations }, options);
    case "static":
      return [credentials(name, login, place, options)];
    case "operator":
    case "secret":
      return [];
    default:
      return unreachable(login);
  }
}

function credentials(
  name: string,
  { secretName, credentials: stringData }: StaticLogin,
  { namespace, owner }: ReaderPlace,
  options: CustomResourceOptions,
): Resource {
  const metadata = { name: secretName, namespace, annotations: { ...ownedBy(owner), ...byForce } };
  return new Secret(`${name}/credentials`, { metadata, type: "Opaque", stringData }, options);
}
