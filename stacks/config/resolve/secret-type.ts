import { keyNamesOf, type DeliverySpec } from "../../../components/delivery/contract.ts";
import { kubernetesTypes, type DemandedKeys } from "../../../components/delivery/secret-type.ts";
import type { Issue } from "../../../components/support/messages/errors.ts";
import { isRecord } from "../../../components/support/is-record.ts";
import { own } from "../../../components/support/own.ts";
import { listed } from "../../../components/support/messages/suggestions.ts";
import type { Recipe } from "../../../components/values/recipe.ts";
import type { SecretSpec } from "../../../components/values/secret-spec.ts";
import { filtered } from "../../../components/values/template-filters.ts";
import { replacePlaceholders } from "../../../components/values/template.ts";

/**
 * What Kubernetes would not take of a Secret of its type: keys that are missing in this environment, and values that can't
 * be JSON where they must. A Secret that others own may have the keys already. Pure.
 *
 * @param path of the delivery.
 */
export function typeIssues(
  path: string,
  delivery: Pick<DeliverySpec, "type" | "merge" | "keys" | "templates">,
  byId: ReadonlyMap<string, SecretSpec>,
): readonly Issue[] {
  const { type = "", merge, keys } = delivery;
  const demanded = own(kubernetesTypes, type);
  const names = new Set(keyNamesOf(delivery));
  if (demanded === undefined || merge || names.size === 0) return [];
  const missing = missingKeys(type, demanded, names);
  if (missing !== undefined) return [{ path: `${path}.type`, ...missing }];
  if (demanded.json !== true) return [];
  return keys.flatMap(({ key, secret, from }): readonly Issue[] => {
    if (key === ".dockercfg" && own(byId.get(secret)?.keys ?? {}, from)?.kind === "docker-config") {
      return [{ path: `${path}.type`, ...olderForm(from, secret) }];
    }
    if (demanded.all?.includes(key) !== true || mayBeJson(from, byId.get(secret)?.keys ?? {})) return [];
    return [
      {
        path: `${path}.type`,
        problem: `in a Secret of type ${type}, ${key} must be a JSON object, which ${from} of ${secret} is not`,
        fix: 'compose it with dockerConfig(…), or with template(…) and values written as "${KEY|json}" (docs/secret-shapes.md#registry-pull-secret)',
      },
    ];
  });
}

/** A file `.dockercfg` has registries at its top, not under `auths`: the kubelet would find none. */
function olderForm(from: string, secret: string): Omit<Issue, "path"> {
  return {
    problem: `a Secret of type kubernetes.io/dockercfg has the older form of a Docker config, and ${from} of ${secret} has the newer one`,
    fix: `type: "kubernetes.io/dockerconfigjson", with keys: { ".dockerconfigjson": "${from}" }`,
  };
}

function missingKeys(
  type: string,
  { all = [], any = [] }: DemandedKeys,
  keys: ReadonlySet<string>,
): Omit<Issue, "path"> | undefined {
  const satisfied = all.every((key) => keys.has(key)) && (any.length === 0 || any.some((key) => keys.has(key)));
  if (satisfied) return undefined;
  const wanted = all.length > 0 ? all.join(" and ") : any.join(" or ");
  const example = (all.length > 0 ? all : any.slice(0, 1)).map((key) => `"${key}": "<key>"`).join(", ");
  return {
    problem: `a Secret of type ${type} must have ${wanted}; in this environment the delivery has ${listed(keys)}`,
    fix: `name its keys for the consumer: from: [{ secret: "<secret>", keys: { ${example} } }]`,
  };
}

/** Whether a value is, or may turn out to be, a JSON object. Of a provided one nobody knows before it is delivered. */
function mayBeJson(key: string, recipes: Readonly<Record<string, Recipe>>): boolean {
  const recipe = own(recipes, key);
  if (recipe === undefined || recipe.kind === "provided") return true;
  if (recipe.kind === "docker-config") return true;
  if (recipe.kind === "literal") return isJsonObject(recipe.value);
  if (recipe.kind !== "template") return false;
  const sample = replacePlaceholders(recipe.text, {
    key: ({ key: named, filter, quoted }) => {
      const source = own(recipes, named);
      const value = source?.kind === "literal" ? source.value : source?.kind === "docker-config" ? "{}" : "x";
      return filtered(value, filter, quoted);
    },
    // A digit is JSON with and without quotation marks around it: a port of another stack may stand bare.
    fact: ({ filter, quoted }) => filtered("1", filter, quoted),
  });
  return isJsonObject(sample);
}

function isJsonObject(text: string): boolean {
  try {
    return isRecord(JSON.parse(text));
  } catch {
    return false;
  }
}
