import { interpolate, type Input, type Resource } from "@pulumi/pulumi";
import { SecretIamMember } from "@pulumi/gcp/secretmanager/secretIamMember.js";
import { Account } from "@pulumi/gcp/serviceaccount/account.js";
import { IAMMember } from "@pulumi/gcp/serviceaccount/iammember.js";
import { isGcpGrant } from "./grant.ts";
import { accessor, type GcpSecretManagerSpec } from "./secret-manager.ts";
import { gcpAccountId, readerName, vaultReaderName } from "../../support/naming.ts";
import { allGrants, type Identity, type IdentityArgs, type StaticLogin } from "../identity.ts";
import { federatedPrincipal, gkePrincipal, providerOf, type GcpLogin, type GoogleTrust } from "./identity-rules.ts";

/** Who reads: a name of Google's for it, and what must exist first. */
interface Member {
  readonly member: Input<string>;
  readonly annotations: Readonly<Record<string, Input<string>>>;
  readonly made: readonly Resource[];
}

/** Lets one service account of one namespace read exactly the secrets granted: a binding on each of them. */
export function gcpIdentity(
  name: string,
  args: IdentityArgs<GcpSecretManagerSpec>,
): Identity<Exclude<GcpLogin, StaticLogin>> {
  const trust = trustIn(args);
  const { member, annotations, made } = memberOf(name, args, trust);
  const bindings = allGrants(args)
    .filter(isGcpGrant)
    .map(
      ({ project, name: secretName, secretId }) =>
        // Called after its secret: with a running number, a secret less would make other bindings go.
        new SecretIamMember(`${name}/reads/${secretName}`, { project, secretId, role: accessor, member }, args.options),
    );
  return {
    login: { kind: "service-account", serviceAccount: readerName, annotations, trust },
    dependsOn: [...made, ...bindings],
  };
}

/** Who vouches for the namespace's service account. */
function trustIn({ store, cluster }: IdentityArgs<GcpSecretManagerSpec>): GoogleTrust {
  const { googlePool } = cluster.traits;
  if (googlePool !== undefined) return { by: "gke", ...googlePool };
  const provider = providerOf(store, cluster.name);
  if (provider === undefined)
    throw new Error(`no identity provider for ${cluster.name}, which parsing should have found`);
  return { by: "identity-provider", provider };
}

/** Directly, or by a service account of Google's that the namespace's may act as. */
function memberOf(name: string, args: IdentityArgs<GcpSecretManagerSpec>, trust: GoogleTrust): Member {
  const { store, scope } = args;
  if (trust.by === "identity-provider") {
    return { member: federatedPrincipal(trust.provider, scope.namespace), annotations: {}, made: [] };
  }
  const principal = gkePrincipal(store, trust, scope.namespace);
  return store.linkedAccounts ? linked(name, args, principal) : { member: principal, annotations: {}, made: [] };
}

function linked(
  name: string,
  { store, scope, options }: IdentityArgs<GcpSecretManagerSpec>,
  principal: string,
): Member {
  const account = new Account(
    `${name}/account`,
    {
      project: store.project,
      accountId: gcpAccountId(scope),
      displayName: `${readerName} of ${scope.namespace}`,
      description: `Reads the secrets of namespace ${vaultReaderName(scope)}`,
    },
    options,
  );
  const mayAct = new IAMMember(
    `${name}/account-user`,
    { serviceAccountId: account.name, role: "roles/iam.workloadIdentityUser", member: principal },
    options,
  );
  return {
    member: interpolate`serviceAccount:${account.email}`,
    annotations: { "iam.gke.io/gcp-service-account": account.email },
    made: [account, mayAct],
  };
}
