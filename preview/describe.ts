import { isMerged, type DeliverySpec } from "../components/delivery/contract.ts";
import type { StoreSpec } from "../components/stores/contract.ts";
import { remoteObjectsOf } from "../components/stores/index.ts";
import { unreachable } from "../components/support/errors.ts";
import type { Recipe } from "../components/values/recipe.ts";
import type { SecretSpec } from "../components/values/secret-spec.ts";
import { candidateOf } from "../stacks/candidate.ts";
import { deliveriesTo, storesOf, type EnvironmentSpec } from "../stacks/environment.ts";
import { leftByDestroy } from "../stacks/left-by-destroy.ts";
import { costOf, planOf } from "../stacks/plan/index.ts";
import type { Preview, PreviewedKey, PreviewedSecret, PreviewedStore } from "./schema.ts";

export interface DescribeArgs {
  readonly spec: EnvironmentSpec;
  readonly stack: string;
  /** Types of the resources that the program registered. */
  readonly created: readonly string[];
  readonly mustBeSet: readonly string[];
  readonly optional: readonly string[];
  readonly warnings: readonly string[];
}

/** Describes a preview as data. Pure. The order is fixed, so that two previews can be compared. */
export function describePreview({ spec, stack, created, ...rest }: DescribeArgs): Preview {
  const applications = [...Map.groupBy(spec.secrets, ({ app }) => app)].sort(byFirst);
  return {
    schemaVersion: 1,
    environment: spec.name,
    stack,
    applications: applications.map(([name, secrets]) => ({ name, stores: describeStores(spec, secrets) })),
    resources: { total: created.length, byType: counts(created) },
    mustBeSet: [...rest.mustBeSet],
    optional: [...rest.optional],
    plan: planPart(spec),
    leftByDestroy: leftByDestroy(spec),
    warnings: [...rest.warnings],
  };
}

function describeStores(spec: EnvironmentSpec, secrets: readonly SecretSpec[]): PreviewedStore[] {
  const names = [...new Set(secrets.flatMap(({ id }) => storesOf(spec, id)))].sort();
  return names.flatMap((name): readonly PreviewedStore[] => {
    const store = spec.stores.get(name);
    if (store === undefined) return [];
    const here = secrets.filter(({ id }) => storesOf(spec, id).includes(name));
    return [
      {
        name,
        kind: store.kind,
        secrets: here.map((secret) => describeSecret(spec, store, secret)).sort((a, b) => compare(a.id, b.id)),
        namespaces: describeNamespaces(spec, name, here),
      },
    ];
  });
}

function describeSecret(spec: EnvironmentSpec, store: StoreSpec, secret: SecretSpec): PreviewedSecret {
  return {
    id: secret.id,
    action: secretAction(secret),
    ...(secret.generatedIn === undefined ? {} : { generatedIn: secret.generatedIn }),
    objects: remoteObjectsOf(store, candidateOf(spec, secret)).map(({ name }) => name),
    keys: Object.entries(secret.keys).map(([key, recipe]) => ({ key, ...valueOrigin(recipe) })),
    ...(secret.rotateBy === undefined ? {} : { rotateBy: secret.rotateBy }),
  };
}

function secretAction({ referenced, adopt, generatedIn }: SecretSpec): PreviewedSecret["action"] {
  if (generatedIn !== undefined) return "generate";
  return referenced ? "reference" : adopt ? "adopt" : "create";
}

function valueOrigin(recipe: Recipe): Omit<PreviewedKey, "key"> {
  switch (recipe.kind) {
    case "password":
    case "hex":
    case "base64":
    case "uuid":
      return { value: "generated" };
    case "bcrypt":
    case "template":
    case "rotated-at":
      return { value: "derived" };
    case "literal":
      return { value: "fixed" };
    case "provided":
      return { value: "provided", config: recipe.config };
    default:
      return unreachable(recipe);
  }
}

/** The namespaces that read these secrets from a store, each with its Secrets and the keys that come from them. */
function describeNamespaces(
  spec: EnvironmentSpec,
  store: string,
  secrets: readonly SecretSpec[],
): PreviewedStore["namespaces"] {
  const ids = new Set(secrets.map(({ id }) => id));
  const keysOf = ({ keys }: DeliverySpec) => keys.filter(({ secret }) => ids.has(secret)).map(({ key }) => key);
  return [...spec.namespaces.values()]
    .filter((each) => each.store === store)
    .map(({ cluster, name }) => ({
      cluster,
      name,
      secrets: deliveriesTo(spec, { cluster, name })
        .filter((each) => keysOf(each).length > 0)
        .map((each) => ({ secretName: each.secretName, keys: keysOf(each).sort(), merged: isMerged(each) }))
        .sort((a, b) => compare(a.secretName, b.secretName)),
    }))
    .filter((each) => each.secrets.length > 0)
    .sort((a, b) => compare(`${a.name} ${a.cluster}`, `${b.name} ${b.cluster}`));
}

function planPart(spec: EnvironmentSpec): Preview["plan"] {
  const plan = planOf(spec);
  return {
    refreshSeconds: plan.refreshSeconds,
    firstUpSeconds: plan.firstUpSeconds,
    cost: costOf(plan),
    // The cost is already above, and the layout is one of the facts.
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
