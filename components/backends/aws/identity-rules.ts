import { own } from "../../support/own.ts";
import type { ClusterSpec } from "../../clusters/contract.ts";
import type { AwsParameterStoreSpec } from "./parameter-store.ts";
import type { AwsSecretsManagerSpec } from "./secrets-manager.ts";
import { configPath, removeCommand, setCommand } from "../../support/messages/config-command.ts";
import type { Issue } from "../../support/messages/errors.ts";
import type { AccountLogin, OperatorLogin, StaticLogin } from "../identity.ts";

/**
 * How a reader logs in to AWS: its service account becomes a role of the namespace's, or the operator takes it on. Never
 * both: the operator gets its own credentials from Pod Identity, which knows no other account's.
 */
export type AwsLogin =
  | (AccountLogin & {
      /** The role that the account becomes. */
      readonly roleArn: string;
      /** The role that it takes on from there, in the account of the store. Default: none, that role reads. */
      readonly takesOn?: TakenRole;
    })
  | (OperatorLogin & { readonly roleArn: string })
  | StaticLogin;

export interface TakenRole {
  readonly roleArn: string;
  readonly externalId?: string;
  readonly sessionTags?: Readonly<Record<string, string>>;
}

/** Keys of static credentials, and the configuration keys that they come from. */
export const awsCredentials = {
  accessKeyId: "awsReaderAccessKeyId",
  secretAccessKey: "awsReaderSecretAccessKey",
} as const;

/** A store on AWS. */
export type AwsStoreSpec = AwsParameterStoreSpec | AwsSecretsManagerSpec;

/** What a cluster must tell of itself before its namespaces can read the store. Pure. */
export function checkAwsIdentity(store: AwsStoreSpec, cluster: ClusterSpec): readonly Issue[] {
  if (cluster.traits.podIdentity !== undefined) {
    return [...podIdentityIssues(store, cluster), ...loginAccountIssues(store, cluster)];
  }
  if (cluster.issuer === undefined) {
    return [
      {
        path: `clusters.${cluster.name}.issuer`,
        problem: `is missing: store ${store.name} trusts the cluster's service accounts through this issuer`,
        fix: cluster.traits.issuerCommand,
      },
    ];
  }
  return [];
}

/** Nobody would ever use the provider, and whoever wrote the fact believes otherwise. */
function podIdentityIssues(store: AwsStoreSpec, cluster: ClusterSpec): readonly Issue[] {
  if (own(store.oidcProviders, cluster.name) === undefined) return [];
  const path = configPath(["stores", store.name, "oidcProviders", cluster.name]);
  const problem = "has no effect: the cluster uses pod-identity, which needs no OIDC provider";
  return [{ path, problem, fix: removeCommand(path) }];
}

/** The operator becomes a reader's role from its own account. */
function loginAccountIssues({ name, loginAccount }: AwsStoreSpec, cluster: ClusterSpec): readonly Issue[] {
  if (loginAccount === undefined) return [];
  const path = configPath(["stores", name, "loginAccount"]);
  const problem = `has no effect on cluster ${cluster.name}, whose operator logs in for all namespaces (pod-identity)`;
  return [{ path, problem, fix: setCommand(["clusters", cluster.name, "identity"], "irsa") }];
}
