import semver from "semver";
import { versionFloor } from "../../../components/external-secrets/operator/values.ts";
import type { RemoteStoreSpec } from "../../../components/backends/contract.ts";
import { unreachable, type Issue } from "../../../components/support/errors.ts";
import type { Environment } from "../environment.ts";

/** What the environment's policy asks of stores and clusters. Pure. */
export function checkPolicy({ policy, stores, clusters }: Environment): readonly Issue[] {
  const remote = [...stores.values()];
  return [
    ...(policy.allowStaticCredentials ? [] : remote.flatMap(staticCredentialIssues)),
    ...(policy.requireCustomerKeys ? remote.flatMap(customerKeyIssues) : []),
    ...(policy.requireAuditLogs ? remote.flatMap(auditLogIssues) : []),
    ...[...clusters.values()].flatMap(({ spec: cluster }) => {
      const path = `clusters.${cluster.name}.externalSecrets`;
      const { version, clusterSecretStore } = cluster.externalSecrets;
      return [
        ...(policy.allowOldOperator || semver.gte(version, versionFloor)
          ? []
          : [
              {
                path: `${path}.version`,
                problem: `${version} has known advisories; the oldest without is ${versionFloor}`,
                fix: `pulumi config set --path '${path}.version' ${versionFloor}`,
              },
            ]),
        ...(policy.allowOpenClusterStores || (clusterSecretStore?.conditions ?? true)
          ? []
          : [
              {
                path: `${path}.clusterSecretStore.conditions`,
                problem:
                  "a ClusterSecretStore without conditions lets every namespace of the cluster read what any of them may, and this environment's policy forbids it",
                fix: `pulumi config set --path '${path}.clusterSecretStore.conditions' true`,
              },
            ]),
      ];
    }),
  ];
}

/** Stores that are read with credentials that people bring. */
function staticCredentialIssues({ name, staticCredentials }: RemoteStoreSpec): readonly Issue[] {
  if (staticCredentials !== true) return [];
  const path = `stores.${name}.staticCredentials`;
  return [
    {
      path,
      problem: "credentials that people bring never expire by themselves, and this environment's policy forbids them",
      fix: `let each namespace have an identity of its own: pulumi config rm --path ${path}`,
    },
  ];
}

/** Stores that the customer has no key of, where the store takes one. */
function customerKeyIssues(store: RemoteStoreSpec): readonly Issue[] {
  const missing = (fact: string, what: string): Issue => ({
    path: `stores.${store.name}.${fact}`,
    problem: `is missing: this environment's policy asks for a key of the customer's, ${what}`,
  });
  switch (store.kind) {
    case "aws-parameter-store":
      return store.kmsKeyArn === undefined ? [missing("kmsKeyArn", "a KMS key in the region")] : [];
    case "aws-secrets-manager":
      return [
        ...(store.kmsKeyArn === undefined ? [missing("kmsKeyArn", "a KMS key in the region")] : []),
        ...store.replicas.flatMap(({ kmsKeyArn, region }, index) =>
          kmsKeyArn === undefined ? [missing(`replicas[${index}].kmsKeyArn`, `a KMS key in ${region}`)] : [],
        ),
      ];
    case "gcp-secret-manager":
      if (store.locations.length === 0) {
        return store.kmsKeyName === undefined ? [missing("kmsKeyName", "a Cloud KMS key in the location global")] : [];
      }
      return store.locations.flatMap(({ kmsKeyName, location }, index) =>
        kmsKeyName === undefined ? [missing(`locations[${index}].kmsKeyName`, `a Cloud KMS key in ${location}`)] : [],
      );
    // Key Vault is a key store itself, sealed by its HSM; Vault's seal is its operator's.
    case "azure-key-vault":
    case "vault-kv":
      return [];
    default:
      return unreachable(store);
  }
}

/** Stores made here whose audit log goes nowhere. CloudTrail and Cloud Audit Logs are the account's, not the store's. */
function auditLogIssues(store: RemoteStoreSpec): readonly Issue[] {
  if (store.kind !== "azure-key-vault" || store.create === undefined) return [];
  if (store.create.auditWorkspaceId !== undefined) return [];
  return [
    {
      path: `stores.${store.name}.create.auditWorkspaceId`,
      problem: "is missing: this environment's policy asks for an audit log of every vault",
      fix: "az monitor log-analytics workspace show -g <group> -n <workspace> --query id",
    },
  ];
}
