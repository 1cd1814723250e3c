import { remoteObjectsOf } from "../../../components/backends/index.ts";
import { consumersOf, storesFor, type Environment, type Placement } from "../environment.ts";
import { shapeOfSecret } from "./secret-shape.ts";

/**
 * Where each secret lies: in the stores that the namespaces that consume it read, or are to read next, or that facts
 * name for a secret without a namespace. In the order of the
 * secrets, then of the stores' names. Pure.
 */
export function resolvePlacements(
  environment: Pick<Environment, "name" | "platform" | "secrets" | "namespaces" | "stores">,
): readonly Placement[] {
  return environment.secrets.flatMap((secret) => {
    const shape = shapeOfSecret(environment, secret);
    const named = (secret.storedIn ?? []).flatMap((name) => environment.stores.get(name) ?? []);
    const stores = [...consumersOf(environment, secret).flatMap(storesFor), ...named];
    return [...new Map(stores.map((store) => [store.name, store]))]
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([, store]) => ({ secret, store, objects: remoteObjectsOf(store, shape) }));
  });
}
