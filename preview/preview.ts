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
  /** Default: the program's own. */
  readonly catalogue?: Catalogue;
  readonly policies?: Readonly<Record<string, Policy>>;
}

/**
 * What the first `up` of an environment would create, what that costs and which quotas it takes: by the real program,
 * with no cloud, cluster, engine or network at hand.
 *
 * @throws ExpectedError for whatever the program refuses.
 */
export async function previewStack(options: PreviewOptions): Promise<Preview> {
  const { catalogue = ownCatalogue, policies = environments } = options;
  const file = await readStackFile(options.root, options.stack);
  const inputs = providedInputs(file, catalogue);
  let spec: EnvironmentSpec | undefined;
  const heldIn = (store: string) => heldNames(spec).get(store) ?? [];

  const run = await runOffline(
    async () => {
      const config = readStackConfig(secretNames(catalogue));
      const policy = policies[config.environment];
      // An environment without a policy is the program's to refuse, in its own words.
      if (policy !== undefined) spec = parseEnvironment({ ...config, catalogue, policy });
      await deployStack({
        catalogue,
        policies,
        outside: {
          session: (store, session) => offlineSession(store, session, heldIn(store.name)),
          clusters: offlineSurvey(spec?.existingSecrets ?? {}),
          existingNamespaces: ({ name }) => Promise.resolve(namespacesToBe(spec, name)),
        },
      });
      if (spec === undefined) throw new Error(`the program took environment ${config.environment} without a policy`);
      return spec;
    },
    {
      project: file.project,
      stack: file.stack,
      world: (provider) => worldOfFacts(spec?.stores.get(provider), heldIn(provider)),
      ...inputs.config,
    },
  );
  const asked = askedOf(run.result);
  return describePreview({
    spec: run.result,
    stack: file.stack,
    created: run.created,
    mustBeSet: inputs.unset.filter((name) => asked.has(name)),
    optional: inputs.optional,
    warnings: run.warnings,
  });
}

interface ProvidedInputs {
  readonly config: { readonly config: Readonly<Record<string, string>>; readonly secretKeys: readonly string[] };
  /** Names without a value, which got a placeholder so that everything else can be seen. */
  readonly unset: readonly string[];
  /** Names that do without a value. */
  readonly optional: readonly string[];
}

/** The configuration with a placeholder for each secret value, set or not. Optional ones that are not set stay so. */
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
    key === `${project}:${reviewersKey}` ? tokensOf(plain[`${project}:clusters`]) : placeholder;
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

/** A placeholder for each cluster that the facts name: which of them an encrypted value has tokens for can't be seen. */
function tokensOf(clusters = "{}"): string {
  let facts: unknown;
  try {
    facts = JSON.parse(clusters);
  } catch {
    // The program refuses it in its own words.
  }
  const names = typeof facts === "object" && facts !== null ? Object.keys(facts) : [];
  return JSON.stringify(Object.fromEntries(names.map((name) => [name, placeholder])));
}

/** Configuration keys of the values that people provide. */
function askedOf({ secrets }: EnvironmentSpec): ReadonlySet<string> {
  const recipes = secrets.flatMap(({ keys }) => Object.values(keys));
  return new Set(recipes.flatMap((recipe) => (recipe.kind === "provided" ? [recipe.config] : [])));
}

/** The namespaces that the facts call existing: those of a cluster that are not made here. */
function namespacesToBe(spec: EnvironmentSpec | undefined, cluster: string) {
  const existing = [...(spec?.namespaces.values() ?? [])].filter((each) => each.cluster === cluster && !each.create);
  return new Map(existing.map(({ name }) => [name, { terminating: false, labels: {} }]));
}

/** Remote names that the facts call existing, by store: what is adopted or referenced. */
function heldNames(spec: EnvironmentSpec | undefined): ReadonlyMap<string, readonly string[]> {
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
