import { workloadText } from "../components/clusters/workloads.ts";
import { isFromStore, isMerged, isMounted, vias, type DeliverySpec } from "../components/delivery/contract.ts";
import { unreachable } from "../components/support/messages/errors.ts";
import { own } from "../components/support/own.ts";
import type { Overlap } from "../components/values/previous-of.ts";
import type { Recipe } from "../components/values/recipe.ts";
import { isAdoptedFromStores, type SecretSpec } from "../components/values/secret-spec.ts";
import {
  accountsOf,
  consumersOf,
  placementsOf,
  plainConsumersOf,
  type Environment,
  type Namespace,
} from "../stacks/config/environment.ts";
import { usesStore } from "../stacks/config/store-use.ts";
import { leftByDestroy } from "../stacks/outputs/left-by-destroy.ts";
import { costOf, planOf } from "../stacks/plan/index.ts";
import type { Preview, PreviewedDelivery, PreviewedKey, PreviewedSecret, PreviewedStore } from "./schema.ts";

export interface DescribeArgs {
  readonly spec: Environment;
  readonly stack: string;
  /** Types of what the program registered. */
  readonly created: readonly string[];
  readonly mustBeSet: readonly string[];
  readonly optional: readonly string[];
  readonly warnings: readonly string[];
}

/** A preview as data. Pure. Everything is in a fixed order, so that two previews can be compared. */
export function describePreview({ spec, stack, created, ...rest }: DescribeArgs): Preview {
  const applications = [...Map.groupBy(spec.secrets, ({ app }) => app)].sort(byFirst);
  return {
    schemaVersion: 1,
    environment: spec.name,
    stack,
    applications: applications.map(([name, secrets]) => ({ name, stores: storesOfApplication(spec, secrets) })),
    resources: { total: created.length, byType: counts(created) },
    mustBeSet: [...rest.mustBeSet],
    optional: [...rest.optional],
    plan: planPart(spec),
    leftByDestroy: leftByDestroy(spec),
    warnings: [...rest.warnings],
  };
}

/**
 * The stores of an application; what is delivered plain stands in one of kind `kubernetes`, as facts may call it, and what is
 * sealed in one of kind `sealed-secret`.
 */
function storesOfApplication(spec: Environment, secrets: readonly SecretSpec[]): PreviewedStore[] {
  const placed = secrets.flatMap(({ id }) => placementsOf(spec, id));
  const stores = new Map(placed.map(({ store: { name, kind } }) => [name, kind]));
  const remote = [...stores].map(([name, kind]) => {
    const here = placed.filter(({ store }) => store.name === name);
    return {
      name,
      kind,
      secrets: here.map(({ secret, objects, referencedBy }) => ({
        ...described(
          spec,
          secret,
          objects.map((object) => object.name),
        ),
        ...(referencedBy === undefined || secret.origin.kind === "issued" ? {} : { action: "reference" as const }),
      })),
      namespaces: namespacesOf(
        spec.namespaces.filter((each) => usesStore(each) && each.store.name === name),
        here.map(({ secret }) => secret),
      ),
    };
  });
  const plain = Map.groupBy(
    secrets.flatMap((secret) => plainConsumersOf(spec, secret)),
    (namespace) => directLabel(namespace),
  );
  const direct = [...plain].map(([name, namespaces]) => {
    const here = secrets.filter((secret) => consumersOf({ namespaces }, secret).length > 0);
    return {
      name,
      kind: namespaces.every((each) => viasOf(each) === "sealed-secret") ? "sealed-secret" : "kubernetes",
      secrets: here.map((secret) => described(spec, secret, [])),
      namespaces: namespacesOf([...new Set(namespaces)], here),
    };
  });
  const sorted = (all: readonly PreviewedSecret[]) => [...all].sort((a, b) => compare(a.id, b.id));
  return [...remote, ...direct]
    .map((store) => ({ ...store, secrets: sorted(store.secrets) }))
    .sort((a, b) => compare(a.name, b.name));
}

/** What stands for the store of a namespace whose Secrets come from this program itself. */
function directLabel(namespace: Namespace): string {
  const { store, storeLabel } = namespace;
  const isOfFacts = store === undefined && !(vias as readonly string[]).includes(storeLabel);
  return isOfFacts ? storeLabel : viasOf(namespace);
}

function viasOf({ deliveries }: Namespace): string {
  const direct = deliveries.filter((each) => !isFromStore(each)).map(({ via }) => via);
  return [...new Set(direct)].sort().join(" and ");
}

function described(spec: Environment, secret: SecretSpec, objects: string[]): PreviewedSecret {
  const targets = [...new Set(accountsOf(spec, secret.id).map(({ target }) => target.name))];
  return {
    id: secret.id,
    action: actionOn(secret),
    ...(secret.origin.kind === "in-cluster" ? { generatedIn: secret.origin.cluster } : {}),
    objects,
    keys: Object.entries(secret.keys).map(([key, recipe]) => ({ key, ...origin(recipe, overlapIn(secret, key)) })),
    ...(targets.length === 0 ? {} : { targets }),
    ...(secret.rotateBy === undefined ? {} : { rotateBy: secret.rotateBy }),
  };
}

function actionOn(secret: SecretSpec): PreviewedSecret["action"] {
  if (secret.origin.kind === "in-cluster") return "generate";
  if (secret.origin.kind === "referenced") return "reference";
  if (secret.origin.kind === "issued") return "issue";
  return isAdoptedFromStores(secret) ? "adopt" : "create";
}

/** The overlap in which a key holds a previous value; `undefined` before the first rotation, and once it is over. */
function overlapIn({ overlaps = {} }: SecretSpec, key: string): Overlap | undefined {
  const overlap = own(overlaps, key);
  return overlap?.isOver === true ? undefined : overlap;
}

function origin(recipe: Recipe, overlap: Overlap | undefined): Omit<PreviewedKey, "key"> {
  switch (recipe.kind) {
    case "password":
    case "hex":
    case "base64":
    case "uuid":
    case "passphrase":
    case "ssh-key-pair":
    case "key-pair":
      return { value: "generated" };
    case "bcrypt":
    case "docker-config":
    case "htpasswd":
    case "public-key":
    case "template":
    case "rotated-at":
      return { value: "derived" };
    case "literal":
    case "alternating":
      return { value: "fixed" };
    case "previous":
      return { value: "previous", of: recipe.of, ...(overlap === undefined ? {} : { until: overlap.until }) };
    case "provided":
      return { value: "provided", config: recipe.config };
    default:
      return unreachable(recipe);
  }
}

/** The namespaces that get these secrets, each with its Secrets and the keys of them that are meant. */
function namespacesOf(namespaces: readonly Namespace[], secrets: readonly SecretSpec[]): PreviewedStore["namespaces"] {
  const ids = new Set(secrets.map(({ id }) => id));
  const isOf = ({ secret }: { readonly secret: string }) => ids.has(secret);
  const keysOf = ({ keys, templates = [] }: DeliverySpec) => [
    ...keys.filter(isOf).map(({ key }) => key),
    ...templates.filter(({ sources }) => Object.values(sources).some(isOf)).map(({ key }) => key),
  ];
  return namespaces
    .map(({ cluster, name, deliveries }) => ({
      cluster: cluster.name,
      name,
      secrets: deliveries
        .filter((each) => keysOf(each).length > 0)
        .map((each) => ({
          secretName: each.secretName,
          keys: keysOf(each).sort(),
          merged: isMerged(each),
          ...(isMounted(each) ? { mounted: true as const } : {}),
          ...(each.restarts === undefined ? {} : { restarts: each.restarts.map(workloadText) }),
          ...refreshed(each),
        }))
        .sort((a, b) => compare(a.secretName, b.secretName)),
    }))
    .filter((each) => each.secrets.length > 0)
    .sort((a, b) => compare(`${a.name} ${a.cluster}`, `${b.name} ${b.cluster}`));
}

/** When its store is read, where that is not at the environment's interval. */
function refreshed({ refresh }: DeliverySpec): Pick<PreviewedDelivery, "refreshSeconds" | "refreshPolicy"> {
  if (refresh === undefined) return {};
  return refresh.policy === "Periodic" ? { refreshSeconds: refresh.seconds } : { refreshPolicy: refresh.policy };
}

function planPart(spec: Environment): Preview["plan"] {
  const plan = planOf(spec);
  return {
    refreshSeconds: plan.refreshSeconds,
    ...(spec.namespaces.some(({ deliveries }) => deliveries.some(({ refresh }) => refresh !== undefined))
      ? { refresh: plan.refresh }
      : {}),
    firstUpSeconds: plan.firstUpSeconds,
    cost: costOf(plan),
    // Cost is told once, above, and the layout is a fact.
    stores: plan.stores.map(({ cost: _, layout: __, ...store }) => store),
    clusters: [...plan.clusters],
  };
}

function counts(types: readonly string[]): Record<string, number> {
  const groups = [...Map.groupBy(types, (type) => type)].sort(byFirst);
  return Object.fromEntries(groups.map(([type, each]) => [type, each.length]));
}

function byFirst([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return compare(a, b);
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
