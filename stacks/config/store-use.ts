import type { RemoteStoreSpec } from "../../components/backends/index.ts";
import { isFromStore, isMounted, isSynced } from "../../components/delivery/contract.ts";
import type { Namespace } from "./environment.ts";

/** The stores that namespaces read through the operator, each once. */
export function storesReadBy(namespaces: readonly Namespace[]): readonly RemoteStoreSpec[] {
  return [...new Set(namespaces.filter(readsStore).map(({ store }) => store))];
}

/** The stores that Pods of namespaces mount, each once. */
export function storesMountedBy(namespaces: readonly Namespace[]): readonly RemoteStoreSpec[] {
  return [...new Set(namespaces.filter(mountsStore).map(({ store }) => store))];
}

/** The stores that Secrets of namespaces come from, whoever brings them, each once. */
export function storesUsedBy(namespaces: readonly Namespace[]): readonly RemoteStoreSpec[] {
  return [...new Set(namespaces.filter(usesStore).map(({ store }) => store))];
}

/** A namespace with the store that its Secrets come from. */
export type UsingNamespace = Namespace & { readonly store: RemoteStoreSpec };

/** Whether Pods of the namespace mount a Secret, from the store that it reads. */
export function mountsStore(namespace: Namespace): namespace is UsingNamespace {
  return namespace.store !== undefined && namespace.deliveries.some(isMounted);
}

/** Whether a Secret of the namespace comes from the store that it reads, whoever brings it. */
export function usesStore(namespace: Namespace): namespace is UsingNamespace {
  return namespace.store !== undefined && namespace.deliveries.some(isFromStore);
}

/** Whether the operator brings a Secret into the namespace, from the store that it reads. */
export function readsStore(namespace: Namespace): namespace is UsingNamespace {
  return namespace.store !== undefined && namespace.deliveries.some(isSynced);
}
