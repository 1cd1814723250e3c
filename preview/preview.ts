import { remoteObjectsOf } from "../components/stores/index.ts";
import { reviewersKey } from "../components/stores/vault-reviewers.ts";
import { candidateOf } from "../stacks/candidate.ts";
import type { Catalogue } from "../stacks/catalogue-spec.ts";
import { catalogue as ownCatalogue } from "../stacks/catalogue.ts";
import { readStackConfig } from "../stacks/config.ts";
import { storesOf, type EnvironmentSpec, type Policy } from "../stacks/environment.ts";
import { deployStack, environments, secretNames } from "../stacks/index.ts";
import { parseEnvironment } from "../stacks/parse.ts";
import { describePreview } from "./describe.ts";
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
}

/**
 * Previews the first `up` of an environment: what it would create, what that costs and how much of each quota it uses.
 * Runs the real program without a cloud, cluster, engine or network.
 *
 * @throws ExpectedError for everything that the program refuses.
 */
export async function previewStack(options: PreviewOptions): Promise<Preview> {
  const { catalogue = ownCatalogue, policies = environments } = options;
  const file = await readStackFile(options.root, options.stack);
  const inputs = providedInputs(file, catalogue);
  let spec: EnvironmentSpec | undefined;
  const existingIn = (store: string) => existingNames(spec).get(store) ?? [];

  const run = await runOffline(
    async () => {
      const config = readStackConfig(secretNames(catalogue));
      const policy = policies[config.environment];
      // The program itself refuses an environment without a policy.
      if (policy !== undefined) spec = parseEnvironment({ ...config, catalogue, policy });
      await deployStack({
        catalogue,
        policies,
        outside: {
          session: (store, session) => offlineSession(store, session, existingIn(store.name)),
          clusters: offlineSurvey(spec?.existingSecrets ?? {}),
          existingNamespaces: ({ name }) => Promise.resolve(existingNamespaces(spec, name)),
        },
      });
      if (spec === undefined) throw new Error(`the program took environment ${config.environment} without a policy`);
      return spec;
    },
    {
      project: file.project,
      stack: file.stack,
      world: (provider) => worldOfFacts(spec?.stores.get(provider), existingIn(provider)),
      ...inputs.config,
    },
  );
  const read = providedKeys(run.result);
  return describePreview({
    spec: run.result,
    stack: file.stack,
    created: run.created,
    mustBeSet: inputs.unset.filter((name) => read.has(name)),
    optional: inputs.optional,
    warnings: run.warnings,
  });
}

interface ProvidedInputs {
  readonly config: { readonly config: Readonly<Record<string, string>>; readonly secretKeys: readonly string[] };
  /** Required keys without a value. They get a placeholder, so that the rest of the preview can be shown. */
  readonly unset: readonly string[];
  /** Optional keys without a value. */
  readonly optional: readonly string[];
}

/** The configuration with a placeholder for each secret value, set or not. Optional keys that are not set stay unset. */
function providedInputs({ project, plain, secretKeys }: StackFile, catalogue: Catalogue): ProvidedInputs {
  const recipes = Object.values(catalogue)
    .flatMap(({ secrets }) => Object.values(secrets))
    .flatMap(({ keys }) => Object.values(keys))
    .map((entry) => ("when" in entry ? entry.recipe : entry))
    .filter((recipe) => recipe.kind === "provided");
  const required = new Set(recipes.filter(({ optional }) => !optional).map(({ config }) => config));
  const isSet = (name: string) => secretKeys.has(`${project}:${name}`) || (plain[`${project}:${name}`] ?? "") !== "";
  const unset = [...required].filter((name) => !isSet(name)).sort();
  const optional = recipes.map(({ config }) => config).filter((name) => !required.has(name) && !isSet(name));
  const valueOf = (key: string) =>
    key === `${project}:${reviewersKey}` ? reviewerTokens(plain[`${project}:clusters`]) : placeholder;
  const secret = [...secretKeys, ...unset.map((name) => `${project}:${name}`)];
  return {
    config: {
      config: { ...plain, ...Object.fromEntries(secret.map((key) => [key, valueOf(key)])) },
      secretKeys: secret,
    },
    unset,
    optional: [...new Set(optional)].sort(),
  };
}

/** A placeholder for every configured cluster: the encrypted value does not show which clusters it has tokens for. */
function reviewerTokens(clusters = "{}"): string {
  let facts: unknown;
  try {
    facts = JSON.parse(clusters);
  } catch {
    // The program itself refuses it.
  }
  const names = typeof facts === "object" && facts !== null ? Object.keys(facts) : [];
  return JSON.stringify(Object.fromEntries(names.map((name) => [name, placeholder])));
}

/** Configuration keys that the environment reads provided values from. */
function providedKeys({ secrets }: EnvironmentSpec): ReadonlySet<string> {
  const recipes = secrets.flatMap(({ keys }) => Object.values(keys));
  return new Set(recipes.flatMap((recipe) => (recipe.kind === "provided" ? [recipe.config] : [])));
}

/** The namespaces of a cluster that exist according to the facts, because this program does not create them. */
function existingNamespaces(spec: EnvironmentSpec | undefined, cluster: string) {
  const existing = [...(spec?.namespaces.values() ?? [])].filter((each) => each.cluster === cluster && !each.create);
  return new Map(existing.map(({ name }) => [name, { terminating: false, labels: {} }]));
}

/** Remote names that exist according to the facts, by store: those that are adopted or referenced. */
function existingNames(spec: EnvironmentSpec | undefined): ReadonlyMap<string, readonly string[]> {
  if (spec === undefined) return new Map();
  return new Map(
    [...spec.stores].map(([name, store]) => [
      name,
      spec.secrets
        .filter(({ adopt, referenced, id }) => (adopt || referenced) && storesOf(spec, id).includes(name))
        .flatMap((secret) => remoteObjectsOf(store, candidateOf(spec, secret)).map((object) => object.name)),
    ]),
  );
}
