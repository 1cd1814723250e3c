import { randomBytes } from "node:crypto";
import { backendOf } from "../components/backends/index.ts";
import { reviewersKey } from "../components/backends/vault/reviewers.ts";
import { targetPasswordsKey } from "../components/targets/kind.ts";
import type { Catalogue } from "../stacks/environments/catalogue-spec.ts";
import { catalogue as ownCatalogue } from "../stacks/environments/catalogue.ts";
import { ConfigError, type Issue } from "../components/support/messages/errors.ts";
import { isAdoptedFromStores } from "../components/values/secret-spec.ts";
import type { Environment } from "../stacks/config/environment.ts";
import { loadEnvironment } from "../stacks/config/load.ts";
import { providedRecipes } from "../stacks/config/secret-names.ts";
import { adjustSdk } from "../stacks/deploy/adjust-sdk.ts";
import type { RenderedManifest } from "../stacks/deploy/deliver.ts";
import { deploy } from "../stacks/deploy/platform.ts";
import type { Policy } from "../stacks/environments/policy.ts";
import { describePreview } from "./describe.ts";
import { previewCertificate } from "./sealing-certificate.ts";
import { runOffline } from "./offline.ts";
import type { Preview } from "./schema.ts";
import { offlineSession } from "./session.ts";
import { readStackFile, type StackFile } from "./stack-file.ts";
import { offlineSurvey } from "./survey.ts";
import { placeholder, worldOfFacts } from "./world.ts";

export interface PreviewOptions {
  /** Folder of `Pulumi.yaml` and the facts. */
  readonly root: string;
  /** Name of the stack: an environment, or a part of one. */
  readonly stack: string;
  /** Default: the program's own catalogue. */
  readonly catalogue?: Catalogue;
  readonly policies?: Readonly<Record<string, Policy>>;
  /** Time of the run. Default: no date in the facts is taken for one in the future. */
  readonly now?: Date;
  /** Whether facts that spread applications over stacks are left out. */
  readonly withoutParts?: true;
}

/**
 * Previews the first `up` of an environment: what it would create, what that costs and how much of each quota it uses.
 * Runs the real program without a cloud, cluster, engine or network.
 *
 * @throws ExpectedError for everything that the program refuses.
 */
export async function previewStack(options: PreviewOptions): Promise<Preview> {
  const file = await readStackFile(options.root, options.stack);
  if (!file.importsEnvironments) return previewFile(file, options);
  const note = valuesOfEnvironments(file);
  try {
    const { warnings, ...preview } = await previewFile(file, options);
    return { ...preview, warnings: [`${note.path}: ${note.problem}`, ...warnings] };
  } catch (error) {
    if (error instanceof ConfigError) throw new ConfigError(file.stack, [...error.issues, note]);
    throw error;
  }
}

/** What is missing may be in an environment of Pulumi ESC. */
function valuesOfEnvironments({ stack }: StackFile): Issue {
  return {
    path: `Pulumi.${stack}.yaml, environment`,
    problem: "names environments of Pulumi ESC, whose values are not read here",
    fix: `preview with the engine, which has them: pulumi preview --stack ${stack}`,
  };
}

async function previewFile(file: StackFile, options: PreviewOptions): Promise<Preview> {
  const { environment, created, warnings, inputs } = await runFile(file, options);
  const read = providedKeys(environment);
  return describePreview({
    spec: environment,
    stack: file.stack,
    created,
    mustBeSet: [
      ...inputs.unset.filter((name) => read.has(name)),
      ...(!inputs.hasReviewers && asksClusters(environment) ? [reviewersKey] : []),
      ...(!inputs.hasTargetPasswords && needsTargetPasswords(environment) ? [targetPasswordsKey] : []),
    ].sort(),
    optional: inputs.optional,
    warnings,
  });
}

/**
 * Renders what an environment leaves to a GitOps tool (`via: gitops`), as it follows from the description.
 *
 * @throws ExpectedError for everything that the program refuses.
 */
export async function renderStack(options: PreviewOptions): Promise<readonly RenderedManifest[]> {
  const file = await readStackFile(options.root, options.stack);
  if (!file.importsEnvironments) return (await runFile(file, options)).manifests;
  // Facts that only the engine has could change each manifest.
  throw new ConfigError(file.stack, [valuesOfEnvironments(file)]);
}

/**
 * Loads the environment of a stack from its files, as the program itself would: for commands that look at what is deployed.
 *
 * @throws ExpectedError for everything that the program refuses about them.
 */
export async function loadStack(options: PreviewOptions): Promise<Environment> {
  const read = await readStackFile(options.root, options.stack);
  const { [`${read.project}:parts`]: parts, ...others } = read.plain;
  const file = parts === undefined || options.withoutParts !== true ? read : { ...read, plain: others };
  if (file.importsEnvironments) throw new ConfigError(file.stack, [valuesOfEnvironments(file)]);
  const { catalogue = ownCatalogue, policies, now } = options;
  const { result } = await runOffline(
    () => {
      adjustSdk();
      const { environment } = loadEnvironment({
        catalogue,
        found: file.issues,
        ...(policies === undefined ? {} : { policies }),
        ...(now === undefined ? {} : { now }),
      });
      return Promise.resolve(environment);
    },
    {
      project: file.project,
      stack: file.stack,
      world: () => worldOfFacts(undefined, []),
      ...providedInputs(file, catalogue).config,
    },
  );
  return result;
}

interface FileRun {
  readonly environment: Environment;
  readonly manifests: readonly RenderedManifest[];
  readonly created: readonly string[];
  readonly warnings: readonly string[];
  readonly inputs: ProvidedInputs;
}

async function runFile(file: StackFile, options: PreviewOptions): Promise<FileRun> {
  const { catalogue = ownCatalogue, policies, now } = options;
  const inputs = providedInputs(file, catalogue);
  let environment: Environment | undefined;
  const existingIn = (store: string) => existingNames(environment).get(store) ?? [];

  const { result, created, warnings } = await runOffline(
    async () => {
      adjustSdk();
      const loaded = loadEnvironment({
        catalogue,
        found: file.issues,
        ...(policies === undefined ? {} : { policies }),
        ...(now === undefined ? {} : { now }),
      });
      const planned = (environment = loaded.environment);
      const manifests = await deploy({
        ...loaded,
        entropy: randomBytes,
        ...(now === undefined ? {} : { now }),
        external: {
          session: (store, session) => offlineSession(store, session, existingIn(store.name)),
          clusters: offlineSurvey(planned.existingSecrets),
          sealingCertificate: (cluster) => previewCertificate(cluster, options.root),
          stackOutputs: () => Promise.resolve(undefined),
          findObstacles: () => Promise.resolve([]),
          examineTarget: () => Promise.resolve(),
          verifyTarget: () => Promise.resolve(),
          takeFields: () => Promise.resolve(),
          servesAlerts: () => Promise.resolve(true),
          existingNamespaces: ({ name }) => Promise.resolve(existingNamespaces(planned, name)),
        },
      });
      return { environment: planned, manifests };
    },
    {
      project: file.project,
      stack: file.stack,
      world: (provider) => worldOfFacts(environment?.stores.get(provider), existingIn(provider)),
      ...inputs.config,
    },
  );
  return { ...result, created, warnings, inputs };
}

interface ProvidedInputs {
  readonly config: { readonly config: Readonly<Record<string, string>>; readonly secretKeys: readonly string[] };
  /** Required keys without a value. They get a placeholder, so that the rest of the preview can be shown. */
  readonly unset: readonly string[];
  /** Whether tokens of reviewers have a value. They get a placeholder too. */
  readonly hasReviewers: boolean;
  /** Whether passwords of targets have a value. They get a placeholder too. */
  readonly hasTargetPasswords: boolean;
  /** Optional keys without a value. */
  readonly optional: readonly string[];
}

/** The configuration with a placeholder for each secret value, set or not. Optional keys that are not set stay unset. */
function providedInputs({ project, plain, secretKeys }: StackFile, catalogue: Catalogue): ProvidedInputs {
  const recipes = providedRecipes(catalogue);
  const required = new Set(recipes.filter(({ optional }) => !optional).map(({ config }) => config));
  const isSet = (name: string) => secretKeys.has(`${project}:${name}`) || (plain[`${project}:${name}`] ?? "") !== "";
  const unset = [...required].filter((name) => !isSet(name)).sort();
  const optional = recipes.map(({ config }) => config).filter((name) => !required.has(name) && !isSet(name));
  const byName = new Map<string, string | undefined>(
    Object.entries(namedBy).map(([key, facts]) => [`${project}:${key}`, plain[`${project}:${facts}`]] as const),
  );
  const valueOf = (key: string) => (byName.has(key) ? placeholders(byName.get(key)) : placeholder);
  const assumed = [...unset, ...Object.keys(namedBy).filter((key) => !isSet(key))].map((name) => `${project}:${name}`);
  const secret = [...secretKeys, ...assumed];
  return {
    config: {
      config: { ...plain, ...Object.fromEntries(secret.map((key) => [key, valueOf(key)])) },
      secretKeys: secret,
    },
    unset,
    hasReviewers: isSet(reviewersKey),
    hasTargetPasswords: isSet(targetPasswordsKey),
    optional: [...new Set(optional)].sort(),
  };
}

/** Secret values that have parts, and the facts that name these. */
const namedBy = { [reviewersKey]: "clusters", [targetPasswordsKey]: "targets" } as const;

/** A placeholder for each entry of facts: the encrypted value does not show which of them it has a part for. */
function placeholders(entries = "{}"): string {
  let facts: unknown;
  try {
    facts = JSON.parse(entries);
  } catch {
    // The program itself refuses it.
  }
  const names = typeof facts === "object" && facts !== null ? Object.keys(facts) : [];
  return JSON.stringify(Object.fromEntries(names.map((name) => [name, placeholder])));
}

/** Whether an account is set by an administrator whose password is configured. */
function needsTargetPasswords({ accounts }: Environment): boolean {
  return accounts.some(({ administratedBy }) => administratedBy === undefined);
}

/** Whether a store asks clusters about tokens, with tokens of the configuration. */
function asksClusters({ stores }: Environment): boolean {
  return [...stores.values()].some((store) => backendOf(store).reviewedClusters(store).length > 0);
}

/** Configuration keys that the environment reads provided values from. */
function providedKeys({ secrets }: Environment): ReadonlySet<string> {
  const recipes = secrets.flatMap(({ keys }) => Object.values(keys));
  return new Set(recipes.flatMap((recipe) => (recipe.kind === "provided" ? [recipe.config] : [])));
}

/** The namespaces of a cluster that exist according to the facts, because this program does not create them. */
function existingNamespaces({ namespaces }: Environment, cluster: string) {
  const existing = namespaces.filter((each) => each.cluster.name === cluster && !each.create);
  return new Map(existing.map(({ name }) => [name, { terminating: false, labels: {} }]));
}

/** Remote names that exist according to the facts, by store: those that are adopted or referenced. */
function existingNames(environment: Environment | undefined): ReadonlyMap<string, readonly string[]> {
  const placements = (environment?.placements ?? []).filter(
    ({ secret, referencedBy }) => referencedBy !== undefined || isAdoptedFromStores(secret),
  );
  const byStore = Map.groupBy(placements, ({ store }) => store.name);
  return new Map(
    [...byStore].map(([name, each]) => [name, each.flatMap(({ objects }) => objects.map((object) => object.name))]),
  );
}
