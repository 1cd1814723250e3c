import { generatorBits, generatorProblem } from "../../../components/in-cluster-generation/generator.ts";
import type { Issue } from "../../../components/support/messages/errors.ts";
import { quotedName } from "../../../components/support/messages/printable.ts";
import { thereAre } from "../../../components/support/messages/suggestions.ts";
import { secretId } from "../../../components/support/naming.ts";
import { own } from "../../../components/support/own.ts";
import { isRandom } from "../../../components/values/recipe.ts";
import { mayBeWeak, recipeProblem, strength } from "../../../components/values/recipes/index.ts";
import type { Catalogue, CatalogueSecret } from "../../environments/catalogue-spec.ts";
import type { Policy, WeakKey } from "../../environments/policy.ts";
import type { Facts } from "../schema/index.ts";

export interface WeakKeysArgs {
  readonly environment: string;
  readonly catalogue: Catalogue;
  readonly policy: Policy;
  readonly facts: Pick<Facts, "reference" | "generatedInCluster">;
  /** Whether all of the catalogue could be read: what names a secret of it that is not there names nothing. */
  readonly isWhole: boolean;
  /** Secrets of the catalogue that only other environments have, by `<app>/<secret>`. */
  readonly elsewhere: ReadonlySet<string>;
}

/** A key that may be weaker than the environment's minimum, and is. */
export interface AllowedWeakKey extends WeakKey {
  readonly bits: number;
}

export interface WeakKeys {
  readonly allowed: readonly AllowedWeakKey[];
  /** Exceptions that match nothing, or are not needed: whoever reads the policy would believe that a weak key exists. */
  readonly issues: readonly Issue[];
}

/** The exceptions to an environment's minimum strength. All of the catalogue counts, whatever part of it a stack runs. Pure. */
export function weakKeysOf(args: WeakKeysArgs): WeakKeys {
  const { environment, catalogue, policy, facts, isWhole, elsewhere } = args;
  const secrets = new Map(
    Object.entries(catalogue).flatMap(([app, { secrets: all }]) =>
      Object.entries(all).map(([secret, each]) => [secretId({ app, secret }), each] as const),
    ),
  );
  const fix = `change stacks/environments/${environment}.ts`;
  const found = (policy.weakKeys ?? []).map((entry, index): WeakKeys => {
    const refused = (problem: string): WeakKeys => ({
      allowed: [],
      issues: [{ path: `policy.weakKeys[${index}]`, problem, fix }],
    });
    const secret = secrets.get(entry.secret);
    if (secret === undefined) {
      if (!isWhole) return { allowed: [], issues: [] };
      return refused(`${quotedName(entry.secret)} is not in the catalogue; ${thereAre(entry.secret, secrets.keys())}`);
    }
    if (isElsewhere(entry.secret, { secret, elsewhere })) {
      return refused(`is not needed: this environment does not have ${entry.secret}`);
    }
    const bits = bitsOf(entry, secret, { policy, facts });
    return typeof bits === "string" ? refused(bits) : { allowed: [{ ...entry, bits }], issues: [] };
  });
  return { allowed: found.flatMap(({ allowed }) => allowed), issues: found.flatMap(({ issues }) => issues) };
}

/**
 * Whether no delivery of an environment, in any of its parts, reads a secret. One without deliveries may be stored by another
 * part: each has facts of its own.
 */
function isElsewhere(
  id: string,
  { secret, elsewhere }: Pick<WeakKeysArgs, "elsewhere"> & { readonly secret: CatalogueSecret },
): boolean {
  return secret.delivered !== false && elsewhere.has(id);
}

/** Strength of a key that is too weak, or why it needs no exception. */
function bitsOf(
  { secret: id, key }: WeakKey,
  { keys }: CatalogueSecret,
  { policy, facts }: Pick<WeakKeysArgs, "policy" | "facts">,
): number | string {
  const entry = own(keys, key);
  const name = quotedName(key);
  if (entry === undefined) return `${id} has no key ${name}; ${thereAre(key, Object.keys(keys))}`;
  if ("when" in entry && !policy.highAvailability) return `is not needed: ${id} has no key ${name} in this environment`;
  if (own(facts.reference, id) === true) return `is not needed: no minimum applies to ${id}, which is under reference`;
  const recipe = "when" in entry ? entry.recipe : entry;
  if (!isRandom(recipe)) return `is not needed: ${name} of ${id} is not generated, and no minimum applies to it`;
  if (mayBeWeak(recipe))
    return `is not needed: ${name} of ${id} only identifies its owner, and no minimum applies to it`;
  const inCluster = own(facts.generatedInCluster, id) !== undefined && generatorProblem(recipe) === undefined;
  // Of a recipe that no value has, its own check speaks.
  if (recipeProblem(recipe) !== undefined) return 0;
  const bits = inCluster ? Math.min(generatorBits(recipe), strength(recipe)) : strength(recipe);
  if (bits < policy.minimumBits) return bits;
  return `is not needed: ${name} of ${id} has ${bits} bits, and the minimum is ${policy.minimumBits}`;
}

/** Keys of a secret that may be weak. Pure. */
export function weakKeysIn(weakKeys: readonly WeakKey[], id: string): ReadonlySet<string> {
  return new Set(weakKeys.filter(({ secret }) => secret === id).map(({ key }) => key));
}

/** What each run says of a key that is allowed to be weak. */
export function weakKeyWarning({ secret, key, bits, reason }: AllowedWeakKey, minimumBits: number): string {
  return `${secret} ${key}: a value of ${bits} bits is weaker than the environment's minimum of ${minimumBits}, which its policy allows (weakKeys): ${reason}`;
}
