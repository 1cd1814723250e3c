import type { PreparedStore } from "../../components/backends/session.ts";
import { remoteObjectsOf } from "../../components/backends/index.ts";
import type { VaultKvSpec } from "../../components/backends/vault/kv.ts";
import { generatorNamespace } from "../../components/support/naming.ts";
import { generatedKey, generatingNamespace } from "../../components/clusters/namespace-names.ts";
import { candidateOf } from "../config/resolve/secret-shape.ts";
import { storesOf, type EnvironmentSpec } from "../config/environment.ts";
import type { OpenCluster } from "./open-clusters.ts";
import { required } from "./required.ts";
import { merged, type StoredByStore } from "./stored.ts";

/**
 * Lets the operators of clusters generate the secrets that facts leave to them, for each cluster, store and application.
 *
 * @param made logical names of the namespaces that are made here.
 */
export async function generate(
  spec: EnvironmentSpec,
  clusters: ReadonlyMap<string, OpenCluster>,
  sessions: ReadonlyMap<string, PreparedStore>,
  made: ReadonlySet<string>,
): Promise<StoredByStore> {
  const places = placesOf(spec);
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
      platform: spec.platform,
      environment: spec.name,
      cluster: target,
      store,
      storeOptions: required(sessions.get(store.name), `store ${store.name}`).options,
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
  spec: EnvironmentSpec,
): readonly { readonly cluster: string; readonly name: string; readonly key: string }[] {
  const { platform, name: environment } = spec;
  const all = placesOf(spec).map((place) => {
    const scope = { platform, environment, store: place.store.name, app: place.spec.app };
    return { cluster: place.cluster, name: generatorNamespace(scope), key: keyOf(place) };
  });
  return [...new Map(all.map((each) => [each.key, each])).values()];
}

function placesOf(spec: EnvironmentSpec) {
  return spec.secrets.flatMap((secret) => {
    if (secret.generatedIn === undefined) return [];
    const store = vaultOf(spec, secret.id);
    const [object] = remoteObjectsOf(store, candidateOf(spec, secret));
    return [{ cluster: secret.generatedIn, store, spec: secret, object: required(object, `object of ${secret.id}`) }];
  });
}

function keyOf({ cluster, store, spec: { app } }: Place): string {
  return generatedKey({ cluster, store: store.name, app });
}

/** The one store of a secret that is generated in a cluster: the parser lets no other through. */
function vaultOf(spec: EnvironmentSpec, id: string): VaultKvSpec {
  const [name = ""] = storesOf(spec, id);
  const store = required(spec.stores.get(name), `store ${name}`);
  if (store.kind !== "vault-kv") throw new Error(`${id} goes to ${name}, where no cluster can put it`);
  return store;
}
