import type { DeliverySpec } from "../../../components/delivery/contract.ts";
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
  delivery: Pick<DeliverySpec, "type" | "merge" | "keys">,
  byId: ReadonlyMap<string, SecretSpec>,
): readonly Issue[] {
  const { type = "", merge, keys } = delivery;
  const demanded = own(kubernetesTypes, type);
  if (demanded === undefined || merge || keys.length === 0) return [];
  const missing = missingKeys(type, demanded, new Set(keys.map(({ key }) => key)));
  if (missing !== undefined) return [{ path: `${path}.type`, ...missing }];
  if (demanded.json !== true) return [];
  return keys.flatMap(({ key, secret, from }): readonly Issue[] => {
    if (demanded.all?.includes(key) !== true || mayBeJson(from, byId.get(secret)?.keys ?? {})) return [];
    return [
      {
        path: `${path}.type`,
        problem: `in a Secret of type ${type}, ${key} must be a JSON object, which ${from} of ${secret} is not`,
        fix: 'compose it with template(…), and write values as "${KEY|json}" (docs/secret-shapes.md#registry-pull-secret)',
      },
    ];
  });
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
  if (recipe.kind === "literal") return isJsonObject(recipe.value);
  if (recipe.kind !== "template") return false;
  const sample = replacePlaceholders(recipe.text, {
    key: ({ key: named, filter, quoted }) => {
      const source = own(recipes, named);
      return filtered(source?.kind === "literal" ? source.value : "x", filter, quoted);
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
