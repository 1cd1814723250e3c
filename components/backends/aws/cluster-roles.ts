import { own } from "../../support/own.ts";
import type { CustomResourceOptions, Resource } from "@pulumi/pulumi";
import { PodIdentityAssociation } from "@pulumi/aws/eks/podIdentityAssociation.js";
import { OpenIdConnectProvider } from "@pulumi/aws/iam/openIdConnectProvider.js";
import { Role } from "@pulumi/aws/iam/role.js";
import type { ClusterSpec } from "../../clusters/contract.ts";
import { operatorServiceAccount } from "../../external-secrets/operator/values.ts";
import { globalArn, roleArn, roleInputs, type AwsAccount } from "./account.ts";
import { setCommand } from "../../support/messages/config-command.ts";
import { ExpectedError } from "../../support/messages/errors.ts";
import { awsOperatorRole } from "../../support/naming.ts";
import { oncePerRun } from "../../support/once.ts";
import { audience, issuerHost, podIdentityTrust } from "./policies.ts";
import { eksCluster } from "./eks-cluster.ts";
import type { AwsStoreSpec } from "./identity-rules.ts";
import type { IdentityScope } from "../identity.ts";

/** What a cluster has once in an account, however many stores and namespaces use it. */
export interface AwsClusterArgs {
  readonly store: AwsStoreSpec;
  readonly cluster: ClusterSpec;
  readonly scope: Omit<IdentityScope, "namespace">;
  /** Options of the store's resources; a parent among them is left out, since this belongs to no namespace. */
  readonly options: CustomResourceOptions;
}

/** The account's trust in a cluster's issuer. */
export interface OidcProvider {
  readonly arn: string;
  readonly resources: readonly Resource[];
}

/** The IAM OIDC provider of a cluster's issuer: it exists, or is made once in a run. */
export function oidcProviderOf({ store, cluster, scope, options }: AwsClusterArgs): OidcProvider {
  const { issuer, name } = cluster;
  if (issuer === undefined) throw new Error(`cluster ${name} has no issuer, which parsing should have found`);
  const arn = globalArn(store, "iam", `oidc-provider/${issuerHost(issuer)}`);
  if (own(store.oidcProviders, name) !== "create") return { arn, resources: [] };
  const made = oncePerRun(
    `OIDC provider ${arn}`,
    () =>
      new OpenIdConnectProvider(
        `${name}/oidc-provider/${store.accountId}`,
        // Without thumbprints: IAM finds that of the issuer's certificate authority itself.
        { url: issuer, clientIdLists: [audience], tags: clusterTags(store, scope) },
        // An account takes one for each issuer, so that a second one can't be there before the first is gone.
        { ...ofCluster(options), deleteBeforeReplace: true },
      ),
  );
  return { arn, resources: [made] };
}

/** The operator's own identity on AWS. */
export interface OperatorIdentity {
  readonly roleArn: string;
  readonly role: Role;
  readonly resources: readonly Resource[];
}

/**
 * The role of the operator's Pods (EKS Pod Identity), made once for each cluster in a run. A service account has one
 * association, so all stores that a cluster reads this way must be in one account.
 *
 * @throws ExpectedError when another account has the operator already.
 */
export function operatorIdentityOf({ store, cluster, scope, options }: AwsClusterArgs): OperatorIdentity {
  const { podIdentity } = cluster.traits;
  if (podIdentity === undefined) throw new Error(`cluster ${cluster.name} does not use pod-identity`);
  const { accountId, identity } = oncePerRun(`operator of ${cluster.name}`, () => ({
    accountId: store.accountId,
    identity: operatorIdentity(store, { ...cluster, ...podIdentity }, scope, ofCluster(options)),
  }));
  if (accountId === store.accountId) return identity;
  throw new ExpectedError(
    `clusters.${cluster.name}: with Pod Identity, its operator has a role in account ${accountId}, but store ${store.name} is in account ${store.accountId}.\n` +
      `    fix: ${setCommand(["clusters", cluster.name, "identity"], "irsa")}`,
  );
}

function operatorIdentity(
  store: AwsStoreSpec,
  cluster: ClusterSpec & { readonly clusterName: string },
  scope: AwsClusterArgs["scope"],
  options: CustomResourceOptions,
): OperatorIdentity {
  const { namespace } = cluster.externalSecrets;
  const { region, arn: clusterArn } = eksCluster(cluster, store);
  const roleName = awsOperatorRole(scope);
  const role = new Role(
    `${cluster.name}/operator-role`,
    {
      name: roleName,
      ...roleInputs(store),
      description: `External Secrets Operator of ${cluster.name}`,
      assumeRolePolicy: podIdentityTrust({ clusterArn, namespace, serviceAccount: operatorServiceAccount }),
      tags: clusterTags(store, scope),
    },
    options,
  );
  const association = new PodIdentityAssociation(
    `${cluster.name}/operator-pod-identity`,
    {
      clusterName: cluster.clusterName,
      namespace,
      serviceAccount: operatorServiceAccount,
      roleArn: role.arn,
      // The cluster may be elsewhere than the store.
      ...(region === store.region ? {} : { region }),
      tags: clusterTags(store, scope),
    },
    options,
  );
  return { roleArn: roleArn(store, roleName), role, resources: [role, association] };
}

/** Tags of what is made for readers: the store's, and whose it is. */
export function tagsOf(
  { tags }: AwsAccount,
  { platform, environment, cluster, ...rest }: Omit<IdentityScope, "namespace"> & { readonly namespace?: string },
): Record<string, string> {
  return { ...tags, "managed-by": "pulumi", platform, environment, cluster, ...rest };
}

/** The same without a namespace: that of the one that happened to come first would move with the order of the facts. */
function clusterTags(
  store: AwsAccount,
  { platform, environment, cluster }: AwsClusterArgs["scope"],
): Record<string, string> {
  return tagsOf(store, { platform, environment, cluster });
}

/** Without the parent, which is the namespace that happened to come first: its end must not be theirs. */
function ofCluster({ parent: _, ...options }: CustomResourceOptions): CustomResourceOptions {
  return options;
}
