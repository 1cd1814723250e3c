import { staticCredentials } from "../../../components/backends/identities.ts";
import { backendOf, backends, remoteStoreKinds, type RemoteStoreSpec } from "../../../components/backends/index.ts";
import { reviewersKey } from "../../../components/backends/vault/reviewers.ts";
import { configPath, removeCommand, setSecretCommand } from "../../../components/support/messages/config-command.ts";
import type { Issue } from "../../../components/support/messages/errors.ts";
import { thereAre } from "../../../components/support/messages/suggestions.ts";
import type { Environment } from "../environment.ts";

/** What is known of secret values, without them. */
export interface SecretsAtHand {
  /** Configuration keys that hold one. */
  readonly secretKeys: ReadonlySet<string>;
  /** Clusters that Vault has a reviewer's token for. Default: none. */
  readonly reviewed?: ReadonlySet<string>;
  /** Targets whose administrator has a password. Default: none. */
  readonly administered?: ReadonlySet<string>;
}

/** What facts of stores get wrong together with those of clusters, or of other stores. Pure. */
export function checkStoreFacts(
  { stores, clusters }: Pick<Environment, "stores" | "clusters">,
  { secretKeys, reviewed = new Set() }: SecretsAtHand,
): readonly Issue[] {
  const remote = [...stores.values()];
  return [
    ...remote.flatMap((store) => unknownClusters(store, [...clusters.keys()])),
    ...samePlaces(remote),
    ...remote.flatMap((store) => missingCredentials(store, secretKeys)),
    ...missingReviewers(remote, reviewed),
    ...remote.flatMap(unreadRetries),
  ];
}

/**
 * Vault asks a cluster whether a reader's token is real. It can't ask with that very token: it has Vault's audience
 * only, and the cluster's API refuses it.
 */
function missingReviewers(stores: readonly RemoteStoreSpec[], reviewed: ReadonlySet<string>): readonly Issue[] {
  const asked = [...new Set(stores.flatMap((store) => backendOf(store).reviewedClusters(store)))];
  const missing = asked.filter((cluster) => !reviewed.has(cluster));
  if (missing.length === 0) return [];
  // The value is replaced as a whole.
  const value = Object.fromEntries([...new Set([...asked, ...reviewed])].map((cluster) => [cluster, "<token>"]));
  return [
    {
      path: reviewersKey,
      problem:
        `has no token for ${missing.join(", ")}: the auth method that is made for a cluster (auth.methods) asks it ` +
        "with this token whether a reader's is real (docs/stores/vault-kv.md#a-reviewers-token)",
      fix: setSecretCommand(reviewersKey, JSON.stringify(value)),
    },
  ];
}

/** Credentials that a store is to be read with, and that nobody has set. */
function missingCredentials(store: RemoteStoreSpec, secretKeys: ReadonlySet<string>): readonly Issue[] {
  if (store.staticCredentials !== true) return [];
  return Object.values(staticCredentials(store.kind))
    .filter((key) => !secretKeys.has(key))
    .map((key) => ({
      path: key,
      problem: `is missing: store ${store.name} is read with it (stores.${store.name}.staticCredentials)`,
      fix: setSecretCommand(key),
    }));
}

/** Retry settings that the operator would not read. */
function unreadRetries({ name, kind, retrySettings }: RemoteStoreSpec): readonly Issue[] {
  if (retrySettings === undefined || backendOf({ kind }).retryNumber !== undefined) return [];
  const path = ["stores", name, "retrySettings"];
  const reading = remoteStoreKinds.filter((each) => backends[each].retryNumber !== undefined);
  return [
    {
      path: configPath(path),
      problem: `must be left out: for a store of kind ${kind} the operator reads no retry settings; it does for ${reading.join(", ")}`,
      fix: removeCommand(path),
    },
  ];
}

/** A fact about a cluster that does not exist has no effect, and whoever wrote it believes otherwise. */
function unknownClusters(store: RemoteStoreSpec, known: readonly string[]): readonly Issue[] {
  return Object.entries(backendOf(store).factsByCluster(store)).flatMap(([fact, byCluster]) =>
    Object.keys(byCluster)
      .filter((name) => !known.includes(name))
      .map((name) => ({
        path: `stores.${store.name}.${fact}.${name}`,
        problem: `"${name}" is no cluster; ${thereAre(name, known)}`,
      })),
  );
}

/** Two stores that are one place would write the same objects, and each take the other's for a stranger's. */
function samePlaces(stores: readonly RemoteStoreSpec[]): readonly Issue[] {
  const first = new Map<string, string>();
  return stores.flatMap((store): readonly Issue[] => {
    const place = [store.kind, ...backendOf(store).place(store)].join(" ");
    const other = first.get(place);
    if (other === undefined) {
      first.set(place, store.name);
      return [];
    }
    return [{ path: `stores.${store.name}`, problem: `is the same place as store ${other}`, fix: "keep one of them" }];
  });
}
