import type { RemoteStoreSpec } from "../../../components/backends/index.ts";
import { remoteObjectsOf } from "../../../components/backends/index.ts";
import type { SecretSpec } from "../../../components/values/secret-spec.ts";
import type { Environment, Namespace, Placement } from "../environment.ts";
import { shapeOfSecret } from "./secret-shape.ts";

/**
 * Where each secret lies: in the stores that the namespaces that consume it read, or are to read next. In the order of the
 * secrets, then of the stores' names. Pure.
 */
export function resolvePlacements(
  environment: Pick<Environment, "name" | "platform" | "secrets" | "namespaces">,
): readonly Placement[] {
  return environment.secrets.flatMap((secret) => {
    const shape = shapeOfSecret(environment, secret);
    const stores = new Map(consumersOf(environment, secret).flatMap(storesOf));
    return [...stores.entries()]
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([, store]) => ({ secret, store, objects: remoteObjectsOf(store, shape) }));
  });
}

/** The namespaces that get a key of a secret. Pure. */
export function consumersOf(
  { namespaces }: Pick<Environment, "namespaces">,
  { id }: Pick<SecretSpec, "id">,
): readonly Namespace[] {
  return namespaces.filter(({ deliveries }) => deliveries.some(({ keys }) => keys.some(({ secret }) => secret === id)));
}

function storesOf({ store, alsoStores }: Namespace): readonly (readonly [string, RemoteStoreSpec])[] {
  return [...(store === undefined ? [] : [store]), ...alsoStores].map((each) => [each.name, each]);
}
