import type { StateResource } from "../../components/backends/contract.ts";
import type { ClusterSpec } from "../../components/clusters/contract.ts";
import { isMerged, type DeliverySpec, type Via } from "../../components/delivery/contract.ts";
import { keptAs, keptName, type FormerVia, type Switch } from "../../components/delivery/take-over.ts";
import type { Environment, Namespace } from "../config/environment.ts";
import { deliveryTypes, resourcesOf } from "./preflight/known-deliveries.ts";

/** What is switched in a run, by logical name of what delivers the Secret: `<cluster>/<namespace>/<Secret>`. */
export type Switches = ReadonlyMap<string, Switch>;

/** The Secrets of this stack that are delivered in another way than so far. Pure. */
export function switchesIn({ namespaces }: Pick<Environment, "namespaces">, state: readonly StateResource[]): Switches {
  return new Map(
    namespaces.flatMap((namespace) =>
      namespace.deliveries.flatMap((delivery) => {
        const found = switchOf(namespace, delivery, state);
        return found === undefined ? [] : [[`${namespace.key}/${delivery.secretName}`, found] as const];
      }),
    ),
  );
}

function switchOf(
  { key, cluster }: Namespace,
  delivery: DeliverySpec,
  state: readonly StateResource[],
): Switch | undefined {
  const { via } = delivery;
  const isFiled = via === "sealed-secret" && cluster.sealedSecrets?.appliedBy === "gitops";
  if (via === "gitops" || isFiled || isMerged(delivery)) return undefined;
  const name = `${key}/${delivery.secretName}`;
  const known = (each: Via) =>
    resourcesOf(state, key, delivery, deliveryTypes[each]).filter(({ merges }) => merges !== true);
  const plain = known("plain");
  const kept = new Set(plain.map((each) => keptAs(name, each.name)));
  const from = formerVias.filter((each) =>
    each === via ? via === "plain" && plain.some((found) => found.name !== name) : known(each).length > 0,
  );
  if (from.length === 0) return undefined;
  const registered = known(via).some((each) => each.name === name);
  const isPlain = via !== "plain" && kept.has(undefined);
  const resumed = registered && via !== "plain" && (isPlain || kept.has("taken-back"));
  const taken = new Set(state.map((each) => each.name));
  return {
    from,
    registered,
    resumed,
    ...(isPlain ? { keep: keptName(name, resumed ? "taken-back" : "kept", taken) } : {}),
  };
}

const formerVias: readonly FormerVia[] = ["external-secret", "sealed-secret", "plain"];

const makers: { readonly [K in FormerVia]: string } = {
  "external-secret": "the External Secrets Operator",
  "sealed-secret": "the Sealed Secrets controller",
  plain: "this program",
};

/** What becomes of the Secrets that change hands in this run, a line for each: names only. Pure. */
export function switchNotes({ namespaces }: Pick<Environment, "namespaces">, switches: Switches): readonly string[] {
  return namespaces.flatMap(({ key, cluster, deliveries }) =>
    deliveries.flatMap(({ via, namespace, secretName }) => {
      const found = switches.get(`${key}/${secretName}`);
      if (found === undefined || (found.registered && !found.resumed)) return [];
      const from = found.from.map((each) => makers[each]).join(" and ");
      const next =
        found.keep === undefined ? "" : `. The next run removes ${found.keep} from the state, and leaves the Secret`;
      const after = via === "csi" ? afterwards(cluster, { namespace, secretName }) : "";
      return [
        `Secret ${namespace}/${secretName} of cluster ${cluster.name} changes hands: so far from ${from}, now via ${via}. It stays in place, with its values${next}${after}`,
      ];
    }),
  );
}

/** What becomes of the Secret of a delivery that Pods mount from now on. */
function afterwards(
  { secretsStoreCsi }: ClusterSpec,
  { namespace, secretName }: Pick<DeliverySpec, "namespace" | "secretName">,
): string {
  return secretsStoreCsi?.syncSecret === true
    ? ". From now on the CSI driver writes it, and it goes with the last Pod that mounts it"
    : `. Nothing writes it any more: once no workload names it, kubectl delete secret ${secretName} -n ${namespace}`;
}

/** Clusters in which an existing Secret becomes a plain one: its provider must not stop at what exists. Pure. */
export function clustersThatTakeOver(
  { namespaces }: Pick<Environment, "namespaces">,
  switches: Switches,
): ReadonlySet<string> {
  return new Set(
    namespaces.flatMap(({ key, cluster, deliveries }) =>
      deliveries.some(
        ({ via, secretName }) => via === "plain" && switches.get(`${key}/${secretName}`)?.registered === false,
      )
        ? [cluster.name]
        : [],
    ),
  );
}
