import type { ReadGrant, StoredSecret } from "../backends/contract.ts";
import { isMounted, isSynced, type DeliverySpec } from "./contract.ts";
import { readObjects, remoteOnly } from "./selection.ts";

/** What a namespace gets, and where it lies. */
export interface Granted {
  readonly deliveries: readonly DeliverySpec[];
  /** By `<app>/<secret>`. */
  readonly stored: ReadonlyMap<string, StoredSecret>;
}

/** The grants of the objects that the operator builds the namespace's Secrets from, each once: nothing else can be read. */
export function grantsOf(args: Granted): readonly ReadGrant[] {
  return grantsFor(isSynced, args);
}

/** Those of the objects that its Pods mount. */
export function mountedGrantsOf(args: Granted): readonly ReadGrant[] {
  return grantsFor(isMounted, args);
}

function grantsFor(wanted: (delivery: DeliverySpec) => boolean, { deliveries, stored }: Granted): readonly ReadGrant[] {
  const remotes = remoteOnly(stored);
  const chosen = deliveries.filter(wanted);
  const objects = chosen.flatMap((each) => readObjects(each, remotes).flatMap(({ objects }) => objects));
  return [...new Map(objects.map(({ object, grant }) => [object.name, grant])).values()];
}
