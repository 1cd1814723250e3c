import semver from "semver";
import { versionFloor } from "../../../components/external-secrets/operator/values.ts";
import type { MissingFact } from "../../../components/backends/backend.ts";
import { loginKind } from "../../../components/backends/identities.ts";
import { backendOf, type RemoteStoreSpec } from "../../../components/backends/index.ts";
import { isVaultKv } from "../../../components/backends/vault/kv.ts";
import { blank, configPath, removeCommand, setCommand } from "../../../components/support/messages/config-command.ts";
import type { Issue } from "../../../components/support/messages/errors.ts";
import type { Cluster, Environment } from "../environment.ts";
import { storesReadBy } from "../store-use.ts";

/** What the environment's policy asks of stores and clusters. Pure. */
export function checkPolicy({ policy, stores, clusters }: Environment): readonly Issue[] {
  const remote = [...stores.values()];
  return [
    ...(policy.stage === "production" ? remote.flatMap(clearTextIssues) : []),
    ...(policy.allowStaticCredentials ? [] : remote.flatMap(staticCredentialIssues)),
    ...(policy.allowStaticCredentials ? [] : [...clusters.values()].flatMap(secretLoginIssues)),
    ...(policy.requireCustomerKeys
      ? remote.flatMap((store) => missingFacts(store, backendOf(store).missingCustomerKeys(store)))
      : []),
    ...(policy.requireAuditLogs
      ? remote.flatMap((store) => missingFacts(store, backendOf(store).missingAuditLogs(store)))
      : []),
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
                fix: setCommand(`${path}.version`, versionFloor),
              },
            ]),
        ...(policy.allowOpenClusterStores || (clusterSecretStore?.conditions ?? true)
          ? []
          : [
              {
                path: `${path}.clusterSecretStore.conditions`,
                problem:
                  "a ClusterSecretStore without conditions lets every namespace of the cluster read what any of them may, and this environment's policy forbids it",
                fix: setCommand(`${path}.clusterSecretStore.conditions`, true),
              },
            ]),
      ];
    }),
  ];
}

/** Stores that are reached without TLS: each value, and the login that reads it, would cross the network in clear. */
function clearTextIssues(store: RemoteStoreSpec): readonly Issue[] {
  if (!isVaultKv(store)) return [];
  const { name, address, clusterAddress } = store;
  return Object.entries({ address, clusterAddress: clusterAddress === address ? "" : clusterAddress })
    .filter(([, url]) => url !== "" && new URL(url).protocol === "http:")
    .map(([fact]) => ({
      path: configPath(["stores", name, fact]),
      problem: "must be an https URL in an environment of stage production: values would cross the network in clear",
      fix: setCommand(["stores", name, fact], blank("https URL")),
    }));
}

/** Stores that are read with credentials that people bring. */
function staticCredentialIssues({ name, staticCredentials }: RemoteStoreSpec): readonly Issue[] {
  if (staticCredentials !== true) return [];
  const path = `stores.${name}.staticCredentials`;
  return [
    {
      path,
      problem: "credentials that people bring never expire by themselves, and this environment's policy forbids them",
      fix: `let each namespace have an identity of its own: ${removeCommand(path)}`,
    },
  ];
}

/** Stores that the namespaces of a cluster log in to with a credential that people put into a Secret. */
function secretLoginIssues({ spec, namespaces }: Cluster): readonly Issue[] {
  return storesReadBy(namespaces)
    .filter((store) => loginKind(store, spec) === "secret")
    .map(({ name }) => ({
      path: configPath(["stores", name, "auth"]),
      problem: `a secret id, with which cluster ${spec.name} logs in (approle), is a credential that people bring, and this environment's policy forbids those (allowStaticCredentials)`,
      fix: "let tokens of the cluster log in, with auth.type kubernetes or jwt: docs/stores/vault-kv.md#clusters-that-vault-cannot-reach",
    }));
}

/** Facts of a store that are missing for what policy asks for. */
function missingFacts(store: RemoteStoreSpec, missing: readonly MissingFact[]): readonly Issue[] {
  return missing.map(({ fact, wanted, fix }) => ({
    path: `stores.${store.name}.${fact}`,
    problem: `is missing: this environment's policy asks for ${wanted}`,
    ...(fix === undefined ? {} : { fix }),
  }));
}
