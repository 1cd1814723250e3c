import type { MountedFile } from "../secrets-store-csi/contract.ts";
import { propertyOf } from "../backends/remote-object.ts";
import type { DeliverySpec } from "./contract.ts";
import { readObjects, type ById, type ReadableSecret } from "./selection.ts";

/** The files of a Secret, in the order of its keys. Pure. */
export function mountedFiles(spec: DeliverySpec, stored: ById<ReadableSecret>): readonly MountedFile[] {
  const objects = new Map(readObjects(spec, stored).map(({ secret, objects: each }) => [secret, each]));
  return spec.keys.flatMap(({ key, secret, from }) => {
    const found = objects.get(secret)?.find(({ object }) => object.keys.includes(from));
    return found === undefined ? [] : [{ name: key, object: found.object, from }];
  });
}

/** Of the kind of store. */
interface StoreTraits {
  /** Whether its objects are always JSON. */
  readonly alwaysJson: boolean;
}

/**
 * Whether a file holds what the operator would deliver: facts may describe how an object of somebody else is read. Pure.
 */
export function isMountedAsItLies({ object, from }: MountedFile, { alwaysJson }: StoreTraits): boolean {
  const reading = object.foreign?.readings[from];
  if (reading === undefined) return true;
  const { property, version, decode } = reading;
  if (version !== undefined || decode !== undefined) return false;
  return property === (alwaysJson || object.layout === "bundle" ? propertyOf(from) : undefined);
}
