import type { MountedFile } from "../secrets-store-csi/contract.ts";
import type { DeliverySpec } from "./contract.ts";
import { readObjects, type ReadableSecret } from "./selection.ts";

/** The files of a Secret, in the order of its keys. Pure. */
export function mountedFiles(spec: DeliverySpec, stored: ReadonlyMap<string, ReadableSecret>): readonly MountedFile[] {
  const objects = new Map(readObjects(spec, stored).map(({ secret, objects: each }) => [secret, each]));
  return spec.keys.flatMap(({ key, secret, from }) => {
    const found = objects.get(secret)?.find(({ object }) => object.keys.includes(from));
    return found === undefined ? [] : [{ name: key, object: found.object, from }];
  });
}
