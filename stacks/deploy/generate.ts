import type { RemoteStoreSpec } from "../../components/backends/index.ts";
import type { PreparedStore } from "../../components/backends/session.ts";
import { isVaultKv, type VaultKvSpec } from "../../components/backends/vault/kv.ts";
import { generatorNamespace } from "../../components/support/naming.ts";
import { generatedKey, generatingNamespace } from "../../components/clusters/namespace-names.ts";
import { placementsOf, type Environment } from "../config/environment.ts";
import type { OpenCluster } from "./open-clusters.ts";
import { required } from "./required.ts";
import { merged, type StoredByStore } from "./stored.ts";

/**
 * Makes the clusters' operators generate the secrets that the facts assign to them, per cluster, store and application.
 *
 * @param made logical names of the namespaces that are made here.
 */
export async function generate(
  environment: Environment,
  clusters: ReadonlyMap<string, OpenCluster>,
  stores: ReadonlyMap<string, PreparedStore>,
  made: ReadonlySet<string>,
): Promise<StoredByStore> {
  const places = placesOf(environment);
  let stored: StoredByStore = new Map();
  if (places.length === 0) return stored;
  // Only now: it brings Vault's SDK along.
  const { GeneratedSecrets } = await import("../../components/in-cluster-generation/generated-secrets.ts");
  for (const [key, secrets] of Map.groupBy(places, keyOf)) {
    const [first] = secrets;
    if (first === undefined) continue;
    const { store, cluster } = first;
    const { target, readiness, operator } = required(clusters.get(cluster), `cluster ${cluster}`);
    const generated = new GeneratedSecrets(key, {
      platform: environment.platform,
      environment: environment.name,
      cluster: target,
      store,
      storeOptions: required(stores.get(store.name), `store ${store.name}`).options,
      operator: required(operator, `operator of cluster ${cluster}`),
      readiness,
      app: first.spec.app,
      secrets,
      makeNamespace: made.has(generatingNamespace(key)),
    });
    stored = merged(stored, new Map([[store.name, generated.stored]]));
  }
  return stored;
}

/** A secret that a cluster generates, with its place. */
type Place = ReturnType<typeof placesOf>[number];

/** The namespaces in which secrets are generated: each once, with its cluster and its key. */
export function generatingNamespaces(
  parts: Pick<Environment, "platform" | "name" | "secrets" | "placements">,
): readonly { readonly cluster: string; readonly name: string; readonly key: string }[] {
  const { platform, name: environment } = parts;
  const all = placesOf(parts).map((place) => {
    const scope = { platform, environment, store: place.store.name, app: place.spec.app };
    return { cluster: place.cluster, name: generatorNamespace(scope), key: keyOf(place) };
  });
  return [...new Map(all.map((each) => [each.key, each])).values()];
}

function placesOf(environment: Pick<Environment, "secrets" | "placements">) {
  return environment.secrets.flatMap((secret) => {
    if (secret.origin.kind !== "in-cluster") return [];
    const [placement] = placementsOf(environment, secret.id);
    const { store, objects } = required(placement, `store of ${secret.id}`);
    const object = required(objects[0], `object of ${secret.id}`);
    return [{ cluster: secret.origin.cluster, store: vaultOf(store), spec: secret, object }];
  });
}

function keyOf({ cluster, store, spec: { app } }: Place): string {
  return generatedKey({ cluster, store: store.name, app });
}

/** The one kind of store that a cluster writes secrets to: `checkGenerated` refuses every other. */
function vaultOf(store: RemoteStoreSpec): VaultKvSpec {
  if (!isVaultKv(store)) throw new Error(`no cluster can put a secret into store ${store.name}`);
  return store;
}
