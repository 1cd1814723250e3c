import type { KeyRef } from "../external-secrets/manifests.ts";
import { referenceOf, refOf, type RemoteObject } from "../backends/remote-object.ts";
import type { DeliverySpec } from "./contract.ts";

/** What an ExternalSecret reads: whole objects where it wants all of their keys under their own names, else key by key. */
export interface Selection {
  readonly extract: readonly string[];
  readonly data: readonly KeyRef[];
}

/** What decides how an object is read. */
export interface ReadableObject {
  readonly object: RemoteObject;
}

/** A secret with the objects that hold it. */
export interface ReadableSecret<O extends ReadableObject = ReadableObject> {
  readonly objects: readonly O[];
}

/**
 * Chooses the cheapest way to read what a Secret needs: an object read whole costs the store one call however many keys
 * it has; `data` entries cost one call each. One that somebody else writes may have keys that are nobody's concern here, so
 * what facts describe is read key by key. Pure.
 */
export function selectReads(spec: DeliverySpec, stored: ReadonlyMap<string, ReadableSecret>): Selection {
  const extract: string[] = [];
  const data: KeyRef[] = [];
  for (const { secret, objects } of readObjects(spec, stored)) {
    for (const { object } of objects) {
      const wanted = spec.keys.filter((each) => each.secret === secret && object.keys.includes(each.from));
      const whole = wanted.length === object.keys.length && wanted.every(({ key, from }) => key === from);
      if (whole && object.layout === "bundle" && object.foreign === undefined) extract.push(referenceOf(object));
      else data.push(...wanted.map(({ key, from }) => ({ secretKey: key, ref: refOf(object, from) })));
    }
  }
  return { extract, data };
}

/** The remote objects that a Secret is built from, by secret: those that hold one of its keys, and no others. Pure. */
export function readObjects<O extends ReadableObject>(
  spec: DeliverySpec,
  stored: ReadonlyMap<string, ReadableSecret<O>>,
): readonly { readonly secret: string; readonly objects: readonly O[] }[] {
  return [...new Set(spec.keys.map(({ secret }) => secret))].map((secret) => {
    const remote = stored.get(secret);
    const where = `${spec.namespace}/${spec.secretName}`;
    if (remote === undefined) throw new Error(`${where} reads ${secret}, which was not stored`);
    const wanted = spec.keys.filter((each) => each.secret === secret).map(({ from }) => from);
    const lost = wanted.find((key) => !remote.objects.some(({ object }) => object.keys.includes(key)));
    if (lost !== undefined) throw new Error(`${secret} has no key ${lost}`);
    return {
      secret,
      objects: remote.objects.filter(({ object }) => object.keys.some((key) => wanted.includes(key))),
    };
  });
}
