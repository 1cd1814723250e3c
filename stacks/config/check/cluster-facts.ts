import { loginKind } from "../../../components/backends/identities.ts";
import { backendOf, type RemoteStoreSpec } from "../../../components/backends/index.ts";
import { authTypeOf } from "../../../components/backends/vault/auth-types.ts";
import { authMountOf, isVaultKv, loginPlace, type VaultKvSpec } from "../../../components/backends/vault/kv.ts";
import { credentialsSecret } from "../../../components/backends/static-identity.ts";
import { alertIssues } from "../../../components/alerts/check.ts";
import { chartIssues } from "../../../components/clusters/operator-facts.ts";
import type { ClusterSpec } from "../../../components/clusters/contract.ts";
import { blank, configPath, removeCommand, setCommand } from "../../../components/support/messages/config-command.ts";
import { listed } from "../../../components/support/messages/suggestions.ts";
import type { Issue } from "../../../components/support/messages/errors.ts";
import type { Cluster, Environment } from "../environment.ts";
import { readsStore, storesReadBy, storesUsedBy } from "../store-use.ts";

/** What facts of clusters get wrong together: with those of other clusters, of stores and of namespaces. Pure. */
export function checkClusterFacts(environment: Pick<Environment, "clusters">): readonly Issue[] {
  const clusters = [...environment.clusters.values()];
  const specs = clusters.map(({ spec }) => spec);
  return [
    ...sameClusters(clusters),
    ...sameIssuers(specs),
    ...sharedAuthMounts(environment),
    ...clusters.flatMap((cluster) => [
      ...chartIssues(cluster.spec),
      ...alertIssues(cluster.spec, cluster.needsOperator),
      ...sharedReaders(cluster),
      ...takenCredentials(cluster),
      ...operatorAmongApplications(cluster),
      ...closedPorts(cluster),
      ...withoutCertificate(cluster),
    ]),
  ];
}

/**
 * Two names for one cluster would have two operators in it, or objects of one name twice. Where only one of them installs
 * the operator, and they share no namespace, the names are for namespaces that log in in different ways.
 */
function sameClusters(clusters: readonly Cluster[]): readonly Issue[] {
  return [...Map.groupBy(clusters, ({ spec }) => reachOf(spec)).values()].flatMap((same) =>
    same.flatMap((cluster, index): readonly Issue[] => {
      const first = same.slice(0, index).find((each) => meet(each, cluster));
      if (first === undefined) return [];
      const { name, context, kubeconfig } = cluster.spec;
      return [
        {
          path: configPath(["clusters", name, ...(context === undefined ? [] : ["context"])]),
          problem:
            context === undefined
              ? `is the same cluster as ${first.spec.name}: both are the current context of ${kubeconfig === undefined ? "kubectl's kubeconfig" : "one kubeconfig"}`
              : `is the context of cluster ${first.spec.name} already, in the same kubeconfig`,
          fix: setCommand(["clusters", name, "context"], blank("context")),
        },
      ];
    }),
  );
}

function meet(one: Cluster, other: Cluster): boolean {
  const names = new Set(one.namespaces.map(({ name }) => name));
  return (
    (one.spec.externalSecrets.install && other.spec.externalSecrets.install) ||
    other.namespaces.some(({ name }) => names.has(name))
  );
}

/** How a cluster is reached: two with the same text are one. */
function reachOf({ kubeconfig = "", context = "" }: ClusterSpec): string {
  return `${kubeconfig}\n${context}`;
}

/** A cloud trusts an issuer: with one for two clusters, a namespace of the one could read what that of the other may. */
function sameIssuers(clusters: readonly ClusterSpec[]): readonly Issue[] {
  const known = clusters.filter(({ issuer }) => issuer !== undefined);
  const shared = repeated(known, ({ issuer = "" }) => sameUrl(issuer));
  return shared
    .filter(([again, first]) => reachOf(again) !== reachOf(first))
    .map(([{ name, traits }, first]) =>
      traits.googlePool === undefined
        ? {
            path: configPath(["clusters", name, "issuer"]),
            problem: `is the issuer of cluster ${first.name} too: whoever trusts it can't tell the service accounts of the two apart`,
            fix: `each cluster has its own: ${traits.issuerCommand}`,
          }
        : {
            path: configPath(["clusters", name, "clusterName"]),
            problem: `names the cluster of Google Cloud that ${first.name} is already (clusters.${first.name})`,
            fix: setCommand(["clusters", name, "clusterName"], blank("name of the cluster")),
          },
    );
}

/** Vault's auth method asks one cluster whether a token is real: it refuses those of another. */
function sharedAuthMounts({ clusters }: Pick<Environment, "clusters">): readonly Issue[] {
  const readers = [...clusters.values()].flatMap(({ spec, namespaces }) => {
    return storesUsedBy(namespaces).flatMap((store) => {
      // An AppRole is in no cluster: one mount is enough for all.
      if (!isVaultKv(store) || ["static", "secret"].includes(loginKind(store, spec))) return [];
      return [{ store, cluster: spec.name, reach: reachOf(spec), mount: authMountOf(store, spec.name) }];
    });
  });
  const places = Map.groupBy(readers, ({ store, mount }) => [...loginPlace(store), mount].join("\n"));
  return [...places.values()].flatMap(([first, ...others]) =>
    others
      .filter((each) => first !== undefined && each.reach !== first.reach && !makeMethods(first, each))
      .map(({ store, cluster, mount }) => {
        const names = ["stores", store.name, "auth", "mountPaths", cluster];
        return {
          path: configPath(names),
          problem: `must be another path than "${mount}", where cluster ${first?.cluster ?? ""} logs in: an auth method of Vault knows the tokens of one cluster only`,
          fix: setCommand(names, `${authTypeOf(store.auth, cluster)}-${cluster}`, { asText: true }),
        };
      }),
  );
}

interface Reader {
  readonly store: VaultKvSpec;
  readonly cluster: string;
}

/** Whether the methods of both are made here: that they share a path is an issue of their store already. */
function makeMethods(...readers: readonly Reader[]): boolean {
  return readers.every(({ store, cluster }) => Object.hasOwn(store.auth.methods ?? {}, cluster));
}

/**
 * Readers of several stores that would be one service account, with the identities and rights of all of them. Where the
 * operator itself logs in, or a Secret is the credential, there is no account.
 */
function sharedReaders({ spec, namespaces }: Cluster): readonly Issue[] {
  if (spec.externalSecrets.clusterSecretStore === undefined) return [];
  const stores = storesReadBy(namespaces).filter((store) => !["operator", "secret"].includes(loginKind(store, spec)));
  if (stores.length < 2) return [];
  const names = ["clusters", spec.name, "externalSecrets", "clusterSecretStore"];
  return [
    {
      path: configPath(names),
      problem: `must be left out where namespaces of the cluster read several stores (${stores.map(({ name }) => name).join(", ")}): the one account that reads for all of them logs in to one store only`,
      fix: `let each namespace have a SecretStore of its own: ${removeCommand(names)}`,
    },
  ];
}

/** A Secret of the catalogue that has the name of the credentials which its namespace reads a store with. */
function takenCredentials({ namespaces }: Cluster): readonly Issue[] {
  return namespaces
    .filter(readsStore)
    .flatMap((namespace) => {
      const secret = credentialsOf(namespace);
      return namespace.deliveries.some(({ secretName }) => secretName === secret) ? [{ ...namespace, secret }] : [];
    })
    .map(({ entry, store, secret }) => ({
      path: configPath(["namespaces", entry]),
      problem: `gets a Secret ${secret} of the catalogue, which is what the credentials for store ${store.name} are called there`,
      fix: "give the Secret of the catalogue another name (secretName)",
    }));
}

/** Name of the Secret with the credentials that a namespace reads its store with; nothing where it has none. */
function credentialsOf({
  store,
  cluster,
}: {
  readonly store: RemoteStoreSpec;
  readonly cluster: ClusterSpec;
}): string | undefined {
  const login = loginKind(store, cluster);
  if (login === "static") return credentialsSecret;
  return login === "secret" && isVaultKv(store) ? store.auth.secretId?.name : undefined;
}

/** Whoever may make Pods beside the operator has its rights, which are those of all namespaces. */
function operatorAmongApplications({ spec, namespaces, needsOperator }: Cluster): readonly Issue[] {
  const { install, namespace } = spec.externalSecrets;
  const taken = namespaces.find(({ name }) => name === namespace);
  if (!install || !needsOperator || taken === undefined) return [];
  const path = ["clusters", spec.name, "externalSecrets", "namespace"];
  const free = namespace === "external-secrets" ? "external-secrets-operator" : "external-secrets";
  return [
    {
      path: configPath(path),
      problem: `"${namespace}" is a namespace of applications too (${configPath(["namespaces", taken.entry])}): whoever may make Pods there gets the operator's rights`,
      fix: setCommand(path, free, { asText: true }),
    },
  ];
}

/**
 * A port of a store that the operator's network policy closes. With one listed that no store has, that one may be a proxy's
 * through which it reaches them all.
 */
function closedPorts({ spec, namespaces }: Cluster): readonly Issue[] {
  const open = spec.externalSecrets.networkPolicy?.storePorts;
  if (open === undefined || !spec.externalSecrets.install) return [];
  const reached = storesReadBy(namespaces).flatMap((store) =>
    backendOf(store)
      .ports(store)
      .map((port) => ({ port, name: store.name })),
  );
  const own = [443, ...reached.map(({ port }) => port)];
  if (open.some((port) => !own.includes(port))) return [];
  const closed = Map.groupBy(
    reached.filter(({ port }) => !open.includes(port)),
    ({ port }) => port,
  );
  const names = ["clusters", spec.name, "externalSecrets", "networkPolicy", "storePorts"];
  return [...closed].map(([port, readers], index) => ({
    path: configPath(names),
    problem: `must hold ${port}, at which the operator reaches ${readers.map(({ name }) => name).join(", ")}; it has ${open.join(", ")}`,
    fix: setCommand([...names, open.length + index], port),
  }));
}

/** Nothing is sealed for a cluster whose certificate is not known. */
function withoutCertificate({ spec, namespaces }: Cluster): readonly Issue[] {
  if (spec.sealedSecrets !== undefined) return [];
  const sealing = namespaces.filter(({ deliveries }) => deliveries.some(({ via }) => via === "sealed-secret"));
  if (sealing.length === 0) return [];
  const names = ["clusters", spec.name, "sealedSecrets"];
  return [
    {
      path: configPath(names),
      problem: `is missing: Secrets of ${namespacesText(sealing)} are delivered via sealed-secret, and sealed with the certificate of the cluster's controller`,
      fix: `fetch it in each run: ${setCommand([...names, "fetchCertificate"], true)}\n    or name a file that holds it: ${setCommand([...names, "certificateFile"], blank("path"))}`,
    },
  ];
}

/** Namespaces in words: `namespace shop`, `namespaces shop, till`. Pure. */
export function namespacesText(namespaces: readonly { readonly name: string }[]): string {
  return `${namespaces.length === 1 ? "namespace" : "namespaces"} ${listed(namespaces.map(({ name }) => name))}`;
}

/** Each that has the same key as one before it, with the first of them. */
function repeated<T>(all: readonly T[], keyOf: (each: T) => string): readonly (readonly [again: T, first: T])[] {
  return [...Map.groupBy(all, keyOf).values()].flatMap(([first, ...others]) =>
    first === undefined ? [] : others.map((each) => [each, first] as const),
  );
}

/** The same text for what leads to one place: `https://Example.com:443/id/` and `https://example.com/id`. */
function sameUrl(text: string): string {
  const { host, pathname } = new URL(text);
  return `${host.toLowerCase()}${pathname.replace(/\/+$/, "")}`;
}
