import type { Issue } from "../../../components/support/errors.ts";
import { shownName, thereAre } from "../../../components/support/names.ts";
import { secretId, secretKey, secretPath, slug } from "../../../components/support/naming.ts";
import type { Recipe } from "../../../components/values/recipe.ts";
import { initialEpoch, type Origin, type SecretSpec } from "../../../components/values/secret-spec.ts";
import type { Catalogue, CatalogueSecret } from "../../environments/catalogue-spec.ts";
import { checkRecipes } from "../check/recipes.ts";
import type { Policy } from "../../environments/policy.ts";
import type { Facts } from "../schema/index.ts";
import { resolveOrigin } from "./origin.ts";

export interface ResolveSecretsArgs {
  readonly catalogue: Catalogue;
  readonly facts: Pick<
    Facts,
    "created" | "rotations" | "adopt" | "adoptWithout" | "reference" | "generatedInCluster" | "applications"
  >;
  readonly policy: Policy;
  /** Configuration keys that hold a secret value. */
  readonly secretKeys: ReadonlySet<string>;
}

export interface ResolvedSecrets {
  readonly secrets: readonly SecretSpec[];
  readonly issues: readonly Issue[];
}

/** The secrets of one environment: which keys exist in it, their epochs, and everything that is wrong. Pure. */
export function resolveSecrets(args: ResolveSecretsArgs): ResolvedSecrets {
  const issues: Issue[] = [...unknownApplications(args), ...unknownSecrets(args)];
  const secrets = applicationsOf(args).flatMap(([app, application]) => {
    if (!slug.test(app)) issues.push({ path: `catalogue["${app}"]`, problem: illegalName });
    return Object.entries(application.secrets).map(([name, secret]) => {
      const path = `catalogue.${app}.secrets["${name}"]`;
      if (!slug.test(name)) issues.push({ path, problem: illegalName });
      if (secret.path !== undefined && !secretPath.test(secret.path)) {
        issues.push({ path: `${path}.path`, problem: `must be names joined by slashes, received "${secret.path}"` });
      }
      if (secret.primaryKey !== undefined && secret.keys[secret.primaryKey] === undefined) {
        const problem = `names "${secret.primaryKey}", and the secret has no such key; it has ${Object.keys(secret.keys).sort().join(", ")}`;
        issues.push({ path: `${path}.primaryKey`, problem });
      }
      const referenced = args.facts.reference[secretId({ app, secret: name })] === true;
      const keys = presentKeys(secret, args);
      // Somebody else makes the values of a referenced secret: no rule applies to them, and nobody has to bring any.
      issues.push(...(referenced ? checkNames(path, keys) : checkKeys(path, keys, args)));
      const { origin, issues: contradictions } = resolveOrigin(secretId({ app, secret: name }), args.facts);
      issues.push(...contradictions);
      return toSpec({ app, name, secret, keys, origin, facts: args.facts });
    });
  });
  return { secrets, issues };
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

const illegalName = "must be lower-case letters, digits and dashes, starting with a letter, 63 at most";

/** Keys that exist: those of other environments and optional ones without a value are gone. */
function presentKeys(secret: CatalogueSecret, { policy, secretKeys }: ResolveSecretsArgs): Record<string, Recipe> {
  const present = Object.entries(secret.keys).flatMap(([key, entry]): [string, Recipe][] => {
    if ("when" in entry) return policy.highAvailability ? [[key, entry.recipe]] : [];
    if (entry.kind === "provided" && entry.optional && !secretKeys.has(entry.config)) return [];
    return [[key, entry]];
  });
  return Object.fromEntries(present.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function checkKeys(path: string, keys: Readonly<Record<string, Recipe>>, args: ResolveSecretsArgs): readonly Issue[] {
  const missing = Object.values(keys).flatMap((recipe) =>
    recipe.kind === "provided" && !args.secretKeys.has(recipe.config) ? [recipe.config] : [],
  );
  return [
    ...checkNames(path, keys),
    ...missing.map((config) => ({
      path: config,
      problem: "a value that people must provide is missing",
      fix: `pulumi config set --secret ${config}`,
    })),
    ...checkRecipes(path, keys, args.policy.minimumBits),
  ];
}

function checkNames(path: string, keys: Readonly<Record<string, Recipe>>): readonly Issue[] {
  return Object.keys(keys)
    .filter((key) => !secretKey.test(key))
    .map((key) => ({
      path: `${path}.keys["${key}"]`,
      problem: "a key must be letters, digits, dots, dashes and underscores, 253 at most",
    }));
}

interface SpecParts {
  readonly app: string;
  readonly name: string;
  readonly secret: CatalogueSecret;
  readonly keys: Readonly<Record<string, Recipe>>;
  readonly origin: Origin;
  readonly facts: Pick<Facts, "rotations" | "created">;
}

function toSpec({ app, name, secret, keys, origin, facts }: SpecParts): SecretSpec {
  const id = secretId({ app, secret: name });
  const epoch = facts.rotations[id] ?? initialEpoch;
  const rotatedAt = new Date(Date.parse(epoch === initialEpoch ? facts.created : epoch));
  const due =
    secret.rotateEveryDays === undefined || origin.kind === "in-cluster"
      ? undefined
      : new Date(rotatedAt.getTime() + secret.rotateEveryDays * dayMs);
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
  };
}

const dayMs = 24 * 60 * 60 * 1000;

function unknownApplications({ catalogue, facts }: ResolveSecretsArgs): readonly Issue[] {
  return facts.applications
    .filter((app) => !Object.hasOwn(catalogue, app))
    .map((app) => ({
      path: "applications",
      problem: `${shownName(app)} is not in the catalogue; ${thereAre(app, Object.keys(catalogue).sort())}`,
    }));
}

/** An entry that names no secret would be ignored, and whoever wrote it would believe it done. */
function unknownSecrets(args: ResolveSecretsArgs): readonly Issue[] {
  const known = new Set(
    applicationsOf(args).flatMap(([app, { secrets }]) =>
      Object.keys(secrets).map((secret) => secretId({ app, secret })),
    ),
  );
  return (["rotations", "adopt", "adoptWithout", "reference", "generatedInCluster"] as const).flatMap((key) =>
    Object.keys(args.facts[key])
      .filter((id) => !known.has(id))
      .map((id) => ({ path: `${key}["${id}"]`, problem: `no such secret; ${thereAre(id, [...known].sort())}` })),
  );
}
