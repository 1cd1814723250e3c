import type { Issue } from "../../../../components/support/messages/errors.ts";
import { password } from "../../../../components/values/recipe.ts";
import type {
  Catalogue,
  CatalogueAccount,
  CatalogueApplication,
  CatalogueSecret,
} from "../../../environments/catalogue-spec.ts";
import { overlapProblems } from "../previous-values.ts";
import { checkRecipes, unknownKey } from "../recipes.ts";
import { checkAccounts } from "./accounts.ts";
import { checkProbes } from "./probes.ts";
import { checkDeliveries } from "./deliveries.ts";
import type { ApplicationDraft, DeliveryDraft, SecretDraft } from "./draft.ts";
import { folded } from "./fold.ts";
import { keyProblem, nameProblem, ownName, pathProblem } from "./names.ts";
import { cataloguePath, keyPath } from "./path.ts";
import { plainData } from "./plain-data.ts";
import { checkProvided } from "./provided.ts";
import { readCatalogue } from "./read.ts";

export interface CheckedCatalogue {
  /** What could be read of it. Whole where there are no issues. */
  readonly catalogue: Catalogue;
  readonly issues: readonly Issue[];
  /** Whether every secret and every delivery could be read, so that what names another names nothing. */
  readonly isWhole: boolean;
}

/**
 * Checks a catalogue as far as no environment matters: Pulumi strips types, so nothing else has before an `up`. All of its
 * problems are told at once. Pure.
 */
export function checkCatalogue(value: unknown): CheckedCatalogue {
  const { data, issues: strange } = plainData(value);
  const unread: Issue[] = [];
  const applications = readCatalogue(data, unread);
  const secrets = applications.flatMap((each) => each.secrets);
  // What was left out for being no plain data is missing for that reason alone.
  const told = new Set(strange.map(({ path }) => path));
  const issues = [
    ...strange,
    ...unread.filter(({ path }) => !told.has(path)),
    ...applications.flatMap(({ app }) => applicationProblems(app)),
    ...secrets.flatMap(secretProblems),
    ...checkProvided(secrets),
    ...checkDeliveries(applications),
  ];
  const sound = soundPart(applications, new Set(issues.map(({ path }) => path)));
  return { ...sound, issues: folded(issues, "catalogue") };
}

/**
 * The catalogue without what has an illegal name, and with a random value for each key that has no sound recipe: what comes
 * after tells no second fault of the same.
 */
function soundPart(
  applications: readonly ApplicationDraft[],
  faulty: ReadonlySet<string>,
): Omit<CheckedCatalogue, "issues"> {
  const legal = applications.filter(({ app }) => ownName.pattern.test(app));
  const parts = legal.map(({ app, secrets, deliveries, namesKnown, deliveriesKnown }) => {
    const named = secrets.filter(({ name }) => ownName.pattern.test(name));
    const sound = deliveries.filter(({ path }) => !faulty.has(cataloguePath(path)));
    const delivered = sound.map((each) => withSoundTemplates(each, faulty));
    const isWhole =
      namesKnown &&
      deliveriesKnown &&
      named.length === secrets.length &&
      deliveries.every((each, index) => each === delivered[index]);
    const application: CatalogueApplication = {
      secrets: Object.fromEntries(named.map((draft) => [draft.name, soundSecret(draft, faulty)])),
      deliveries: delivered.map(({ delivery }) => delivery),
    };
    return { app, application, isWhole };
  });
  return {
    catalogue: Object.fromEntries(parts.map(({ app, application }) => [app, application])),
    isWhole: legal.length === applications.length && parts.every((each) => each.isWhole),
  };
}

/** A delivery without the templates that are faulty. */
function withSoundTemplates(draft: DeliveryDraft, faulty: ReadonlySet<string>): DeliveryDraft {
  const { templates, ...delivery } = draft.delivery;
  const entries = Object.entries(templates ?? {});
  const sound = entries.filter(([key]) => !faulty.has(cataloguePath([...draft.path, "templates", key])));
  if (sound.length === entries.length) return draft;
  return { ...draft, delivery: { ...delivery, templates: Object.fromEntries(sound) } };
}

function soundSecret({ app, name, secret }: SecretDraft, faulty: ReadonlySet<string>): CatalogueSecret {
  const { path, accounts = [], verify = [], ...rest } = secret;
  const isSound = (field: string, each: object, index: number) =>
    Object.keys(each).every((part) => !faulty.has(cataloguePath([app, "secrets", name, field, index, part])));
  const probes = verify.filter((each, index) => isSound("verify", each, index));
  const keys = Object.entries(secret.keys)
    .filter(([key]) => keyProblem(key) === undefined)
    .map(([key, entry]) => [key, faulty.has(keyPath(app, name, key)) ? password() : entry] as const);
  return {
    ...rest,
    keys: Object.fromEntries(keys),
    ...accountsPart(accounts.filter((each, index) => isSound("accounts", each, index))),
    ...(probes.length === 0 ? {} : { verify: probes }),
    ...(path === undefined || pathProblem(path) !== undefined ? {} : { path }),
  };
}

function accountsPart(accounts: readonly CatalogueAccount[]): Pick<CatalogueSecret, "accounts"> {
  return accounts.length === 0 ? {} : { accounts };
}

function applicationProblems(app: string): readonly Issue[] {
  const problem = nameProblem(app, ownName);
  return problem === undefined ? [] : [{ path: cataloguePath([app]), ...problem }];
}

/** It would be due, and refused each time. */
const neverReset = {
  problem:
    "can't be kept: the application reads the secret at its first start alone (bootstrapOnly), and nothing resets it there",
  fix:
    "name what resets it: accounts with a target, such as grafana, argo-cd, http or job (docs/rotation.md#read-at-the-first-start)\n" +
    "    or take rotateEveryDays out, or bootstrapOnly if the application reads it at each start",
} as const;

function secretProblems({ app, name, secret, names, recipes, isWhole }: SecretDraft): readonly Issue[] {
  const path = cataloguePath([app, "secrets", name]);
  const at = (field: string, problem: Omit<Issue, "path"> | undefined) =>
    problem === undefined ? [] : [{ path: `${path}${field}`, ...problem }];
  const { path: place, primaryKey, bootstrapOnly, rotateEveryDays, accounts = [] } = secret;
  return [
    ...at("", nameProblem(name, ownName)),
    ...at(".path", place === undefined ? undefined : pathProblem(place)),
    ...at(
      ".primaryKey",
      primaryKey === undefined || !isWhole || names.has(primaryKey) ? undefined : unknownKey(primaryKey, names),
    ),
    ...at(
      ".rotateEveryDays",
      bootstrapOnly === undefined || rotateEveryDays === undefined || accounts.length > 0 ? undefined : neverReset,
    ),
    ...[...names].flatMap((key) => {
      const problem = keyProblem(key);
      return problem === undefined ? [] : [{ path: keyPath(app, name, key), ...problem }];
    }),
    ...checkRecipes({ path: (key) => keyPath(app, name, key), recipes, names }),
    ...overlapProblems({ secret, recipes, path: (key) => keyPath(app, name, key) }),
    ...checkAccounts({
      path: (...rest) => cataloguePath([app, "secrets", name, "accounts", ...rest]),
      keyOf: (key) => keyPath(app, name, key),
      secret,
      names,
      recipes,
      isWhole,
    }),
    ...checkProbes({
      path: (...rest) => cataloguePath([app, "secrets", name, "verify", ...rest]),
      probes: secret.verify ?? [],
      names,
      isWhole,
    }),
  ];
}
