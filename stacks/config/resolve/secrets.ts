import type { Issue } from "../../../components/support/messages/errors.ts";
import { quotedName } from "../../../components/support/messages/printable.ts";
import { thereAre } from "../../../components/support/messages/suggestions.ts";
import {
  configPath,
  removeCommand,
  removeIfGone,
  setSecretCommand,
} from "../../../components/support/messages/config-command.ts";
import { secretId } from "../../../components/support/naming.ts";
import { own } from "../../../components/support/own.ts";
import type { Recipe } from "../../../components/values/recipe.ts";
import { sourcesOf } from "../../../components/values/derived.ts";
import { overlapOf, type Overlap, type OverlapArgs } from "../../../components/values/previous-of.ts";
import { initialEpoch, isMadeElsewhere, type Origin, type SecretSpec } from "../../../components/values/secret-spec.ts";
import type { Catalogue, CatalogueSecret } from "../../environments/catalogue-spec.ts";
import { folded } from "../check/catalogue/fold.ts";
import { keyPath } from "../check/catalogue/path.ts";
import { weakKeysIn, type AllowedWeakKey } from "../check/weak-keys.ts";
import { weakRecipes } from "../check/recipes.ts";
import type { Policy } from "../../environments/policy.ts";
import type { Facts } from "../schema/index.ts";
import { resolveOrigin } from "./origin.ts";
import { givenValues, withGiven } from "./template-facts.ts";

export interface ResolveSecretsArgs {
  readonly catalogue: Catalogue;
  readonly facts: Pick<
    Facts,
    | "created"
    | "rotations"
    | "retirePrevious"
    | "rollBack"
    | "adopt"
    | "adoptWithout"
    | "reference"
    | "generatedInCluster"
    | "applications"
    | "templateFacts"
    | "storedIn"
  >;
  readonly policy: Policy;
  readonly allowedWeakKeys: readonly AllowedWeakKey[];
  /** Configuration keys that hold a secret value. */
  readonly secretKeys: ReadonlySet<string>;
  /** Secrets of the catalogue that other environments have. */
  readonly elsewhere: ReadonlySet<string>;
  /** Whether all of the catalogue could be read: what names a secret of it that is not there names nothing. */
  readonly isWhole: boolean;
  /** Time of the run. Default: no time in which a previous value is valid has ended. */
  readonly now?: Date;
}

export interface ResolvedSecrets {
  readonly secrets: readonly SecretSpec[];
  readonly issues: readonly Issue[];
}

/**
 * The secrets of one environment: which keys exist in it, their epochs, and what is wrong with them there. What is wrong in
 * any environment, `checkCatalogue` has told. Pure.
 */
export function resolveSecrets(args: ResolveSecretsArgs): ResolvedSecrets {
  const issues: Issue[] = [];
  const given = givenValues(args.facts.templateFacts);
  const secrets = applicationsOf(args).flatMap(([app, application]) =>
    Object.entries(application.secrets).map(([name, secret]) => {
      const id = secretId({ app, secret: name });
      const keys = presentKeys(secret, args);
      const { origin, issues: contradictions } = resolveOrigin(id, args.facts);
      issues.push(...contradictions);
      const filled = Object.fromEntries(Object.entries(keys).map(([key, recipe]) => [key, withGiven(recipe, given)]));
      return toSpec({ app, name, secret, keys: filled, origin, facts: args.facts, now: args.now });
    }),
  );
  return {
    secrets,
    issues: [
      ...unknownApplications(args),
      ...(args.isWhole ? unknownSecrets(args) : []),
      ...folded(issues, "catalogue"),
    ],
  };
}

/**
 * Values that are missing or too weak. Somebody else makes those of a referenced secret: no rule applies to them, and nobody
 * has to bring any. Pure.
 */
export function valueIssues(
  secrets: readonly SecretSpec[],
  args: Pick<ResolveSecretsArgs, "policy" | "secretKeys" | "allowedWeakKeys">,
): readonly Issue[] {
  const issues = secrets
    .filter((secret) => !isMadeElsewhere(secret))
    .flatMap(({ id, app, name, keys }) => [
      ...missingValues(keys, args),
      ...weakRecipes(
        { path: (key) => keyPath(app, name, key), recipes: keys },
        args.policy.minimumBits,
        weakKeysIn(args.allowedWeakKeys, id),
      ),
    ]);
  return folded(issues, "catalogue");
}

/** The applications that an environment runs: all of the catalogue, or those that its facts list. */
export function applicationsOf({
  catalogue,
  facts,
}: {
  readonly catalogue: Catalogue;
  readonly facts: Pick<Facts, "applications">;
}) {
  const wanted = facts.applications;
  return Object.entries(catalogue).filter(([app]) => wanted.length === 0 || wanted.includes(app));
}

/**
 * Keys that exist: those of other environments and optional ones without a value are gone, and with them what is made of
 * them, hashes and templates: half a connection string is worse than none.
 */
function presentKeys(secret: CatalogueSecret, { policy, secretKeys }: ResolveSecretsArgs): Record<string, Recipe> {
  const present = new Map(
    Object.entries(secret.keys).flatMap(([key, entry]): [string, Recipe][] => {
      if ("when" in entry) return policy.highAvailability ? [[key, entry.recipe]] : [];
      if (entry.kind === "provided" && entry.optional && !secretKeys.has(entry.config)) return [];
      return [[key, entry]];
    }),
  );
  // Each round takes a key at least, and mostly one takes all.
  for (let before = -1; before !== present.size;) {
    before = present.size;
    for (const [key, recipe] of present) {
      if (sourcesOf(recipe).some((source) => !present.has(source))) present.delete(key);
    }
  }
  return Object.fromEntries([...present].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Values that people must provide, and have not. */
function missingValues(
  keys: Readonly<Record<string, Recipe>>,
  { secretKeys }: Pick<ResolveSecretsArgs, "secretKeys">,
): readonly Issue[] {
  return Object.values(keys)
    .flatMap((recipe) => (recipe.kind === "provided" && !secretKeys.has(recipe.config) ? [recipe.config] : []))
    .map((config) => ({
      path: config,
      problem: "a provided value is not set",
      fix: setSecretCommand(config),
    }));
}

interface SpecParts {
  readonly app: string;
  readonly name: string;
  readonly secret: CatalogueSecret;
  readonly keys: Readonly<Record<string, Recipe>>;
  readonly origin: Origin;
  readonly facts: Pick<Facts, "rotations" | "retirePrevious" | "rollBack" | "created" | "storedIn">;
  readonly now: Date | undefined;
}

function toSpec({ app, name, secret, keys, origin, facts, now }: SpecParts): SecretSpec {
  const id = secretId({ app, secret: name });
  const epoch = own(facts.rotations, id) ?? initialEpoch;
  const rotatedAt = new Date(Date.parse(epoch === initialEpoch ? facts.created : epoch));
  const due =
    secret.rotateEveryDays === undefined || origin.kind === "in-cluster"
      ? undefined
      : new Date(rotatedAt.getTime() + secret.rotateEveryDays * dayMs);
  const retired = own(facts.retirePrevious, id);
  const rolledBack = own(facts.rollBack, id);
  const overlaps = Object.entries(keys).flatMap(([key, recipe]) =>
    recipe.kind === "previous"
      ? [[key, overlapSince(epoch, { rotatedAt: rotatedAt.toISOString(), days: recipe.days, retired, now })] as const]
      : [],
  );
  return {
    id,
    app,
    name,
    path: secret.path ?? id,
    keys,
    ...(secret.primaryKey === undefined ? {} : { primaryKey: secret.primaryKey }),
    epoch,
    rotatedAt: `${rotatedAt.toISOString().slice(0, 19)}Z`,
    ...(due === undefined ? {} : { rotateBy: due.toISOString().slice(0, 10) }),
    origin,
    ...(overlaps.length === 0 ? {} : { overlaps: Object.fromEntries(overlaps) }),
    ...(retired === undefined ? {} : { retired }),
    ...(rolledBack === undefined ? {} : { rolledBack }),
    ...(secret.bootstrapOnly === undefined ? {} : { bootstrapOnly: secret.bootstrapOnly }),
    ...(secret.delivered === false ? { storedIn: storesNamed(own(facts.storedIn, id)) } : {}),
  };
}

/** What was never rotated has no value from before. */
function overlapSince(epoch: string, args: OverlapArgs): Overlap {
  const overlap = overlapOf(args);
  return epoch === initialEpoch ? { ...overlap, isOver: true } : overlap;
}

/** Each once. */
function storesNamed(named: string | readonly string[] = []): readonly string[] {
  return [...new Set(typeof named === "string" ? [named] : named)];
}

const dayMs = 24 * 60 * 60 * 1000;

function unknownApplications({ catalogue, facts }: ResolveSecretsArgs): readonly Issue[] {
  return facts.applications
    .filter((app) => !Object.hasOwn(catalogue, app))
    .map((app) => ({
      path: "applications",
      problem: `${quotedName(app)} is not in the catalogue; ${thereAre(app, Object.keys(catalogue))}`,
    }));
}

/** An entry that names no secret would be ignored, and whoever wrote it would believe it done. */
function unknownSecrets(args: ResolveSecretsArgs): readonly Issue[] {
  const known = new Set(
    applicationsOf(args).flatMap(([app, { secrets }]) =>
      Object.keys(secrets).map((secret) => secretId({ app, secret })),
    ),
  );
  const facts = [
    "rotations",
    "retirePrevious",
    "rollBack",
    "adopt",
    "adoptWithout",
    "reference",
    "generatedInCluster",
    "storedIn",
  ] as const;
  return facts.flatMap((key) =>
    Object.keys(args.facts[key])
      .filter((id) => !known.has(id))
      .flatMap((id): readonly Issue[] => {
        const path = configPath([key, id]);
        if (!args.elsewhere.has(id)) {
          return [{ path, problem: `no such secret; ${thereAre(id, known)}`, fix: removeIfGone(path) }];
        }
        // An empty list says just that.
        if (key === "storedIn" && own(args.facts.storedIn, id)?.length === 0) return [];
        return [
          { path, problem: "has no effect: this environment does not have the secret", fix: removeCommand(path) },
        ];
      }),
  );
}
