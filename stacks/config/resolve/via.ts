import type { Via } from "../../../components/delivery/contract.ts";
import { own } from "../../../components/support/own.ts";
import type { Facts } from "../schema/index.ts";

/** Facts that decide how a Secret gets into its namespace. */
export type ViaFacts = Pick<Facts, "namespaces" | "stores" | "via">;

/**
 * How the Secrets of a namespace get in, unless one of them says something else: the namespace says it, or the environment
 * does; else it follows from the store, as it did before there was `via`. Pure.
 *
 * @param store that the namespace reads.
 */
export function namespaceVia(namespace: string, store: string | undefined, facts: ViaFacts): Via {
  const said = own(facts.namespaces, namespace)?.via ?? facts.via;
  return said ?? (isPlainStore(facts, store) ? "plain" : "external-secret");
}

/** How one Secret of a namespace gets in. Pure. */
export function secretVia(namespace: string, secretName: string, ofNamespace: Via, facts: ViaFacts): Via {
  return own(own(facts.namespaces, namespace)?.secrets ?? {}, secretName)?.via ?? ofNamespace;
}

/** Whether facts name a store of kind `kubernetes`: the form that `via: plain` had before. */
export function isPlainStore({ stores }: Pick<Facts, "stores">, name: string | undefined): boolean {
  return name !== undefined && own(stores, name)?.kind === "kubernetes";
}
