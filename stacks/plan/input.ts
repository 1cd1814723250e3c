import { clientBurst, clientQps } from "../../components/external-secrets/operator/values.ts";
import type { DeliverySpec } from "../../components/delivery/contract.ts";
import { selectReads } from "../../components/delivery/selection.ts";
import { readsStore, type Environment, type Placement } from "../config/environment.ts";
import type { Consumer, PlanInput, PlannedObject, PlannedStore } from "./plan.ts";
import type { PlannedKind, SizeClass } from "./prices.ts";

/** The parts of an environment that cost and load follow from. */
export type PlannedEnvironment = Pick<
  Environment,
  "stores" | "clusters" | "namespaces" | "placements" | "refreshSeconds"
>;

/** The fields of all kinds of stores that matter here. A kind without one of them has none, and its default is meant. */
interface StoreTraits {
  readonly name: string;
  readonly kind: PlannedKind;
  readonly layout?: PlannedStore["layout"];
  readonly tier?: string;
  readonly replicas?: readonly unknown[];
  readonly locations?: readonly unknown[];
  readonly kmsKeyArn?: string;
  readonly quota?: NonNullable<PlannedStore["quota"]>;
}

/** The planner's view of an environment. Pure. What is delivered plain is in no plan: nothing is read for it. */
export function planInputOf({
  clusters,
  namespaces,
  placements,
  refreshSeconds,
  ...rest
}: PlannedEnvironment): PlanInput {
  const written = new Set(placements.map(({ store }) => store.name));
  const stores: readonly StoreTraits[] = [...rest.stores.values()];
  return {
    refreshSeconds,
    stores: stores.filter(({ name }) => written.has(name)).map((store) => plannedStore(store, placements)),
    clusters: [...clusters.values()].map(({ spec: { name, externalSecrets } }) => ({
      name,
      concurrency: externalSecrets.concurrency,
      clientQps,
      clientBurst,
    })),
    consumers: namespaces.filter(readsStore).flatMap(({ store, cluster, deliveries }) =>
      deliveries
        .filter(({ via }) => via === "external-secret")
        .map((delivery): Consumer => {
          const calls = callsOf(delivery, store, placements);
          const reads = { standard: 0, advanced: 0, [sizeIn(store)]: calls };
          return { cluster: cluster.name, store: store.name, reads };
        }),
    ),
  };
}

function plannedStore(store: StoreTraits, placements: readonly Placement[]): PlannedStore {
  const { name, kind, layout = "bundle", replicas = [], locations = [], kmsKeyArn, quota } = store;
  return {
    name,
    kind,
    layout,
    locations: Math.max(1, locations.length) + replicas.length,
    customerKey: kmsKeyArn !== undefined,
    objects: placements
      .filter((each) => each.store.name === name)
      .flatMap(({ secret, objects }) =>
        // A version replaces the one before it.
        objects.map((): PlannedObject => ({
          size: sizeIn(store),
          versions: 1,
          referenced: secret.origin.kind === "referenced",
        })),
      ),
    ...(quota === undefined ? {} : { quota }),
  };
}

/** `by-size` counts as standard: a secret of more than 4 KiB is rare, and costs 5 cents a month. */
function sizeIn({ tier }: StoreTraits): SizeClass {
  return tier === "advanced" ? "advanced" : "standard";
}

/** Calls that a refresh of a Secret makes. */
function callsOf(delivery: DeliverySpec, store: StoreTraits, placements: readonly Placement[]): number {
  const stored = placements
    .filter((each) => each.store.name === store.name)
    .map(({ secret, objects }) => [secret.id, { objects: objects.map((object) => ({ object })) }] as const);
  const { extract, data } = selectReads(delivery, new Map(stored));
  // The operator asks Secrets Manager once for each object of a refresh, and every other store once for each key.
  const keyed = store.kind === "aws-secrets-manager" ? new Set(data.map(({ ref }) => ref.key)).size : data.length;
  return extract.length + keyed;
}
