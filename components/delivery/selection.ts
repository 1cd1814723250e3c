import type { KeyRef } from "../external-secrets/manifests.ts";
import type { RemoteSecret } from "../stores/contract.ts";
import type { DeliverySpec } from "./contract.ts";

/** What an ExternalSecret reads: whole objects where it wants all of their keys under their own names, else key by key. */
export interface Selection {
  readonly extract: readonly string[];
  readonly data: readonly KeyRef[];
}

/**
 * Chooses the cheapest way to read what a Secret needs: an object read whole costs the store one call however many keys
 * it has; `data` entries cost one call each. Pure.
 */
export function selectReads(spec: DeliverySpec, stored: ReadonlyMap<string, RemoteSecret>): Selection {
  const extract: string[] = [];
  const data: KeyRef[] = [];
  for (const id of new Set(spec.keys.map(({ secret }) => secret))) {
    const remote = stored.get(id);
    if (remote === undefined) throw new Error(`${spec.namespace}/${spec.secretName} reads ${id}, which was not stored`);
    const wanted = spec.keys.filter(({ secret }) => secret === id);
    const whole = wanted.length === Object.keys(remote.refs).length && wanted.every(({ key, from }) => key === from);
    if (whole && remote.bundle !== undefined) extract.push(remote.bundle);
    else {
      for (const { key, from } of wanted) {
        const ref = remote.refs[from];
        if (ref === undefined) throw new Error(`${id} has no key ${from}`);
        data.push({ secretKey: key, ref });
      }
    }
  }
  return { extract, data };
}
