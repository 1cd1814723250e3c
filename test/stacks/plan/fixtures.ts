import type { Consumer, PlanInput, PlannedObject, PlannedStore } from "../../../stacks/plan/contract.ts";
import type { RemoteStoreKind } from "../../../components/backends/index.ts";

/** A plan of nothing, with one operator as shipped. */
export function input(changes: Partial<PlanInput> = {}): PlanInput {
  return {
    refreshSeconds: 3600,
    stores: [],
    clusters: [{ name: "main", concurrency: 10, clientQps: 200, clientBurst: 400 }],
    consumers: [],
    ...changes,
  };
}

/** An empty store `main` in one place. */
export function store(kind: RemoteStoreKind, changes: Partial<PlannedStore> = {}): PlannedStore {
  return { name: "main", kind, layout: "bundle", locations: 1, customerKey: false, objects: [], ...changes };
}

/** Small objects with one version. */
export function objects(count: number, changes: Partial<PlannedObject> = {}): readonly PlannedObject[] {
  return Array.from({ length: count }, () => ({ size: "standard", versions: 1, referenced: false, ...changes }));
}

/** ExternalSecrets of cluster `main` that read one object of store `main`. */
export function consumers(count: number, changes: Partial<Consumer> = {}): readonly Consumer[] {
  const one: Consumer = { cluster: "main", store: "main", reads: { standard: 1, advanced: 0 }, ...changes };
  return Array.from({ length: count }, () => one);
}
