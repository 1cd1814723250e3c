import { sourcesOf, type DeliverySpec } from "../../components/delivery/contract.ts";
import { planOf, type Cost } from "../../stacks/plan/index.ts";
import type { Environment } from "../../stacks/config/environment.ts";

/**
 * What one secret costs in a month, exact: what is kept of it, and the reads of its objects. Every object and every read is
 * of one secret, so these are parts of the environment's cost that add up to it. Pure.
 */
export function costOfSecret(environment: Environment, id: string): Cost {
  const { namespaces, placements } = environment;
  return planOf({
    ...environment,
    placements: placements.filter(({ secret }) => secret.id === id),
    namespaces: namespaces.map((namespace) => ({
      ...namespace,
      deliveries: namespace.deliveries.flatMap((each) => readsOf(each, id)),
    })),
  }).cost;
}

/** A delivery as far as it reads one secret; none where it reads nothing of it. */
function readsOf(delivery: DeliverySpec, id: string): readonly DeliverySpec[] {
  const { templates } = delivery;
  if (templates === undefined) {
    const keys = delivery.keys.filter(({ secret }) => secret === id);
    return keys.length === 0 ? [] : [{ ...delivery, keys }];
  }
  // What composed keys name is read value by value, as it is where it is a key by itself.
  const sources = sourcesOf(delivery).filter(({ secret }) => secret === id);
  const keys = sources.map((source) => ({ ...source, key: source.from }));
  return keys.length === 0 ? [] : [{ ...delivery, keys, templates: [] }];
}
