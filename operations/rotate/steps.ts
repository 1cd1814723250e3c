import { backendOf } from "../../components/backends/index.ts";
import {
  isFromStore,
  isMounted,
  isRendered,
  sourcesOf,
  type DeliverySpec,
} from "../../components/delivery/contract.ts";
import { workloadText } from "../../components/clusters/workloads.ts";
import { keepsPrevious, retiresPrevious, targetText } from "../../components/targets/kinds.ts";
import { probeText } from "../../components/targets/probes/probe.ts";
import { frozenKeys, sourcesOf as sourcesOfValue } from "../../components/values/derived.ts";
import type { SecretSpec } from "../../components/values/secret-spec.ts";
import {
  accountsOf,
  placementsOf,
  probesOf,
  verifiedAccountsOf,
  type Environment,
  type Namespace,
  type Placement,
} from "../../stacks/config/environment.ts";

/** The steps of a rotation in their order: each one waits for those before it. */
export const steps = ["value", "target", "store", "Secret", "restart", "verify", "retire"] as const;
export type StepName = (typeof steps)[number];

/** A step, and what it is about: names, never a value. */
export interface Step {
  readonly step: StepName;
  readonly what: readonly string[];
}

/** What a run does for a new epoch of a secret. Steps that it does not have are left out. Pure. */
export function stepsOf(environment: Environment, spec: SecretSpec): readonly Step[] {
  const placements = placementsOf(environment, spec.id).filter(isWritten);
  const deliveries = deliveriesOf(environment, spec.id);
  const all: readonly Step[] = [
    { step: "value", what: valuesOf(spec) },
    {
      step: "target",
      what: accountsOf(environment, spec.id).map(
        ({ target, username, password }) =>
          `${targetText(target)} gets ${password} of ${accountName(spec, username, "whichever is not in use")}${spec.bootstrapOnly === true ? ", its own reset, since the application reads the Secret at its first start alone" : ""}`,
      ),
    },
    { step: "store", what: placements.map(placementText) },
    { step: "Secret", what: deliveries.map(deliveryText) },
    {
      step: "restart",
      what: deliveries.flatMap(({ delivery, namespace }) =>
        (delivery.restarts ?? []).map((each) => `${namespace.name}: ${workloadText(each)}`),
      ),
    },
    {
      step: "verify",
      what: [
        ...verifiedAccountsOf(environment, spec.id).map(
          ({ target, username }) =>
            `every Secret has the new value, and ${accountName(spec, username, "whichever it names,")} logs in to ${targetText(target)} with it`,
        ),
        ...probesOf(environment, spec.id).map(({ probe }) => `${probeText(probe)} tries it`),
        ...(deliveries.length === 0 ? [] : ["every Secret is synced, and what reads it is looked at"]),
      ],
    },
    {
      step: "retire",
      what: [
        ...previousTexts(spec),
        ...accountsOf(environment, spec.id)
          .filter(({ target }) => keepsPrevious(target))
          .map((each) =>
            retiresPrevious(each)
              ? `${targetText(each.target)} forgets the previous value`
              : `${targetText(each.target)} accepts the previous value until the next rotation`,
          ),
        ...placements.map((each) => remainderOf(each, environment)),
      ],
    },
  ];
  return all.filter(({ what }) => what.length > 0);
}

/** What becomes of the previous value: it leaves the state with the run, or stays valid for a time. */
function previousTexts({ keys }: SecretSpec): readonly string[] {
  const held = Object.entries(keys).flatMap(([key, recipe]) =>
    recipe.kind === "previous"
      ? [
          `${key} has the previous ${recipe.of} for ${recipe.days} days, after a leak not at all; a run after that removes it`,
        ]
      : [],
  );
  return held.length === 0 ? ["the previous value leaves the state"] : held;
}

/** Whether a secret has two accounts by turns, of which a rotation changes one. */
export function alternates({ keys }: Pick<SecretSpec, "keys">): boolean {
  return Object.values(keys).some(({ kind }) => kind === "alternating");
}

export interface Delivered {
  readonly namespace: Namespace;
  readonly delivery: DeliverySpec;
}

/** The Secrets that a secret is delivered in, in each cluster. */
export function deliveriesOf({ namespaces }: Environment, id: string): readonly Delivered[] {
  return namespaces.flatMap((namespace) =>
    namespace.deliveries
      .filter((each) => sourcesOf(each).some(({ secret }) => secret === id))
      .map((delivery) => ({ namespace, delivery })),
  );
}

function valuesOf(spec: SecretSpec): readonly string[] {
  const made = new Set(frozenKeys(spec).map((name) => name.split("/")[0] ?? name));
  const names = Object.keys(spec.keys);
  const follows = (key: string): boolean => {
    const recipe = spec.keys[key];
    return (
      recipe !== undefined &&
      recipe.kind !== "previous" &&
      sourcesOfValue(recipe).some((source) => made.has(source) || follows(source))
    );
  };
  const following = names.filter((key) => !made.has(key) && follows(key));
  return [
    `${[...made].join(", ")}: generated, and kept in the state, encrypted`,
    ...(following.length === 0 ? [] : [`${following.join(", ")}: made of that`]),
  ];
}

function accountName({ keys }: SecretSpec, key: string, which: string): string {
  const recipe = keys[key];
  if (recipe?.kind === "alternating") return `${recipe.names.join(" or ")}, ${which}`;
  return recipe?.kind === "literal" ? recipe.value : key;
}

/** What is written here: neither a replica, nor what somebody else writes. */
export function isWritten({ referencedBy, replicaOf }: Placement): boolean {
  return referencedBy === undefined && replicaOf === undefined;
}

function placementText({ store, objects }: Placement): string {
  return `${store.name}: ${objects.map(({ name }) => name).join(", ")}`;
}

function remainderOf({ store }: Placement, { policy }: Environment): string {
  return `${store.name} keeps ${backendOf(store).previousVersions(store, policy).kept}`;
}

function deliveryText({ namespace, delivery }: Delivered): string {
  const place = `${namespace.cluster.name}: ${namespace.name}/${delivery.secretName}`;
  if (isRendered(delivery)) return `${place}, at its refresh interval (gitops)`;
  if (isMounted(delivery)) return `${place}, when the CSI driver reads the store again`;
  return isFromStore(delivery) ? place : `${place} (${delivery.via})`;
}
