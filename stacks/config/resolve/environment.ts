import { backendOf, type RemoteStoreSpec } from "../../../components/backends/index.ts";
import type { ClusterSpec } from "../../../components/clusters/contract.ts";
import { configPath, removeCommand } from "../../../components/support/messages/config-command.ts";
import { ConfigError, type Issue } from "../../../components/support/messages/errors.ts";
import type { Catalogue } from "../../environments/catalogue-spec.ts";
import type { Policy } from "../../environments/policy.ts";
import { checkPlan } from "../../plan/index.ts";
import { checkSizes } from "../../plan/size.ts";
import { checkCatalogue } from "../check/catalogue/index.ts";
import { checkClusterFacts } from "../check/cluster-facts.ts";
import { checkRemoteKeyPrefixes } from "../check/remote-key-prefixes.ts";
import { checkComposed } from "../check/composed-secrets.ts";
import { checkCsiDeliveries } from "../check/csi.ts";
import { checkDates } from "../check/dates.ts";
import { checkExisting } from "../check/existing-secrets.ts";
import { checkGenerated } from "../check/generated.ts";
import { checkDeliveredNames, checkNamespaceFacts, checkSecretFacts } from "../check/namespace-facts.ts";
import { checkIdentities, checkPlacements } from "../check/placements.ts";
import { schemeIssues } from "../check/name-schemes.ts";
import { checkReferences } from "../check/references.ts";
import { checkIssued } from "../check/issued.ts";
import { checkNativeRotation } from "../check/native-rotation.ts";
import { checkRemoteNames } from "../check/remote-names.ts";
import { checkRolledBack } from "../check/rolled-back.ts";
import { checkRetired } from "../check/previous-values.ts";
import { checkSealedFiles } from "../check/sealed-files.ts";
import { weakKeysOf } from "../check/weak-keys.ts";
import { checkRestarts } from "../check/restarts.ts";
import { checkRetiredPasswords } from "../check/retired-passwords.ts";
import { checkPolicy } from "../check/policy.ts";
import { checkRefresh } from "../check/refresh.ts";
import { secretsInFacts } from "../check/secrets-in-facts.ts";
import { checkOperatorVariables } from "../check/operator-variables.ts";
import { checkParts } from "../check/parts.ts";
import { checkStoredIn } from "../check/stored-in.ts";
import { checkStoreFacts, type SecretsAtHand } from "../check/store-facts.ts";
import { checkTemplateFacts } from "../check/template-facts.ts";
import type { Cluster, Environment, Namespace } from "../environment.ts";
import { readsStore } from "../store-use.ts";
import { clusterSpec } from "../../../components/clusters/flavours/index.ts";
import type { Facts } from "../schema/index.ts";
import { storeSpecOf } from "../schema/stores.ts";
import { resolveAccounts } from "./accounts.ts";
import { catalogueHere } from "./catalogue-here.ts";
import { resolveDeliveries } from "./deliveries.ts";
import { resolveNamespaces } from "./namespaces.ts";
import { resolveProbes } from "./probes.ts";
import { resolvePlacements } from "./placements.ts";
import { settleReferences } from "./references.ts";
import { applicationsOf, resolveSecrets, valueIssues } from "./secrets.ts";
import { soundFacts } from "./sound-facts.ts";
import { partsOf } from "./parts.ts";
import { outputsNamed } from "./template-facts.ts";

export interface ResolveArgs extends SecretsAtHand {
  readonly environment: string;
  /** Every environment that there is: those that deliveries may name. */
  readonly environments: readonly string[];
  /** The facts as they were read; nothing is assumed about them. */
  readonly facts: unknown;
  readonly catalogue: Catalogue;
  readonly policy: Policy;
  /** What is known to be wrong already, and is told with the rest. Default: nothing. */
  readonly found?: Found;
  /** Time of the run. Default: no date is taken to be in the future. */
  readonly now?: Date;
}

/** What reading the configuration found wrong. */
export interface Found {
  readonly issues: readonly Issue[];
  /** Configuration keys that are set in a way that can't be used: nothing more is said of them. */
  readonly keys: ReadonlySet<string>;
}

/**
 * Turns facts, catalogue and policy into one environment. Pure.
 *
 * @throws ConfigError with every issue found, those of the facts' shape included: what is sound of them is checked too.
 */
export function resolveEnvironment(args: ResolveArgs): Environment {
  const sound = soundFacts(args.facts);
  const secret = secretsInFacts(args.facts);
  const { catalogue: whole, ...checked } = checkCatalogue(args.catalogue);
  const { issues: read = [], keys = new Set() } = args.found ?? {};
  const known = new Set([...keys, ...secret.map(({ path }) => path)]);
  const shape = [...read, ...secret, ...sound.issues.filter(({ path }) => !known.has(path))];
  const { facts } = sound;
  // What comes after the shape of the facts says what it received: it never gets to see what holds a secret.
  if (facts === undefined || secret.length > 0) {
    throw new ConfigError(args.environment, unique([...shape, ...checked.issues]));
  }
  const told = new Set([...keys, ...shape.map(({ path }) => path)]);

  const schemes: Issue[] = [];
  const stores = new Map(
    Object.entries(facts.stores).flatMap(([name, each]): readonly [string, RemoteStoreSpec][] => {
      const spec = storeSpecOf(name, each, args.policy);
      if (spec === undefined) return [];
      const wrong =
        spec.nameScheme === undefined ? [] : schemeIssues(name, spec.nameScheme, backendOf(spec).traits(spec).layout);
      schemes.push(...wrong);
      // By a scheme that is no use, names would be wrong for that reason alone.
      const { nameScheme: _, ...usual } = spec;
      return [[name, wrong.length === 0 ? spec : usual]];
    }),
  );
  const specs = new Map(Object.entries(facts.clusters).map(([name, each]) => [name, clusterSpec(name, each)]));
  const here = catalogueHere({ ...args, catalogue: whole, facts });
  const { catalogue, elsewhere } = here;
  const weak = weakKeysOf({ ...args, catalogue: whole, facts, isWhole: checked.isWhole, elsewhere });
  const resolved = resolveSecrets({
    ...args,
    catalogue,
    elsewhere,
    facts,
    isWhole: checked.isWhole,
    allowedWeakKeys: weak.allowed,
  });
  const delivered = resolveDeliveries({ catalogue, facts, secrets: resolved.secrets });
  const placed = resolveNamespaces({ facts, stores, clusters: specs, deliveries: delivered.deliveries });
  const secrets = settleReferences(resolved.secrets, { namespaces: placed.namespaces, stores });
  const { administered = new Set() } = args;
  const logins = resolveAccounts({ catalogue, facts, clusters: specs, secrets, administered });
  const tried = resolveProbes({ catalogue, facts, clusters: specs, secrets });
  const parts = {
    name: args.environment,
    platform: facts.platform,
    policy: args.policy,
    stores,
    clusters: clustersOf(specs, placed.namespaces),
    namespaces: placed.namespaces,
    secrets,
    accounts: logins.accounts,
    probes: tried.probes,
    weakKeys: weak.allowed.filter(({ secret }) => resolved.secrets.some(({ id }) => id === secret)),
    stackOutputs: outputsNamed(secrets, facts.templateFacts),
    existingSecrets: facts.existingSecrets,
    formerStacks: facts.formerStacks,
    refreshSeconds: facts.refreshSeconds,
    detectDrift: facts.detectDrift,
    // One that no namespace reads is no matter yet.
    advice: plainStores(facts)
      .filter((name) => placed.namespaces.some(({ storeLabel }) => storeLabel === name))
      .map(adviceOn),
    parts: partsOf({ catalogue, facts }),
  };
  const environment: Environment = { ...parts, placements: resolvePlacements(parts) };

  const issues: readonly Issue[] = [
    ...placed.issues,
    ...schemes,
    ...checkRefresh(environment, facts, args.policy),
    ...checkDates(facts, args.now),
    ...checkNamespaceFacts(facts),
    ...checkClusterFacts(environment),
    ...checkRemoteKeyPrefixes(environment),
    ...checked.issues,
    ...here.issues,
    ...resolved.issues,
    ...logins.issues,
    ...tried.issues,
    ...checkTemplateFacts({
      facts: facts.templateFacts,
      applications: applicationsOf({ catalogue, facts }),
      secrets,
      deliveries: delivered.deliveries,
      isWhole: checked.isWhole,
    }),
    ...checkRetired(secrets),
    ...checkRolledBack(secrets),
    ...checkStoredIn(secrets, stores, facts),
    ...valueIssues(environment.secrets, { ...args, allowedWeakKeys: weak.allowed }),
    ...delivered.issues,
    ...plainIssues(facts, args.policy),
    ...checkPolicy(environment),
    ...weak.issues,
    ...checkStoreFacts(environment, args),
    ...checkOperatorVariables(environment),
    ...checkPlacements(environment, checked.isWhole ? delivered.deliveries : undefined),
    ...checkIdentities(environment),
    ...checkComposed(environment),
    ...checkRestarts(environment),
    ...checkRetiredPasswords(environment),
    ...checkSealedFiles(environment),
    ...checkCsiDeliveries(environment),
    // What was left out of the facts could be what these miss.
    ...(sound.isWhole
      ? [
          ...checkGenerated(environment, placed.operated),
          ...(checked.isWhole
            ? [
                ...checkExisting(environment, placed.delivered),
                ...checkSecretFacts(facts, placed.delivered),
                ...checkDeliveredNames(placed.delivered),
                ...checkRemoteNames(environment),
                ...checkReferences(environment, resolved.secrets),
                ...checkIssued(environment),
                ...checkNativeRotation(environment),
              ]
            : []),
          ...checkParts(environment),
          ...checkSizes(environment),
          ...checkPlan(environment),
        ]
      : []),
  ].filter((issue) => !told.has(issue.path) && !sound.isConsequence(issue));
  if (shape.length + issues.length > 0) throw new ConfigError(args.environment, unique([...shape, ...issues]));
  return environment;
}

function clustersOf(
  specs: ReadonlyMap<string, ClusterSpec>,
  namespaces: readonly Namespace[],
): ReadonlyMap<string, Cluster> {
  return new Map(
    [...specs].map(([name, spec]) => {
      const own = namespaces.filter(({ cluster }) => cluster.name === name);
      return [name, { spec, namespaces: own, needsOperator: own.some(readsStore) }];
    }),
  );
}

/** Stores of kind `kubernetes`: the form that `via: plain` had before. */
function plainStores({ stores }: Facts): readonly string[] {
  return Object.entries(stores).flatMap(([name, { kind }]) => (kind === "kubernetes" ? [name] : []));
}

function adviceOn(name: string): string {
  return `stores.${name}: a store of kind kubernetes is now written as via: plain, for the environment or a namespace, without a store (docs/stores/kubernetes.md)`;
}

/** Where values may not lie in the state and the cluster alone. */
function plainIssues(facts: Facts, { allowEmbeddedSecrets }: Policy): readonly Issue[] {
  if (allowEmbeddedSecrets) return [];
  const chosen = [
    ...(facts.via === "plain" ? ["via"] : []),
    ...Object.entries(facts.namespaces).flatMap(([name, { via, secrets }]) => [
      ...(via === "plain" ? [configPath(["namespaces", name, "via"])] : []),
      ...Object.entries(secrets)
        .filter(([, secret]) => secret.via === "plain")
        .map(([secret]) => configPath(["namespaces", name, "secrets", secret, "via"])),
    ]),
  ];
  const problem = "keeps the only copy of a value in the cluster, and this environment's policy forbids it";
  return [
    ...plainStores(facts).map((name) => ({ path: `stores.${name}.kind`, problem: `kubernetes ${problem}` })),
    ...chosen.map((path) => ({ path, problem: `plain ${problem}`, fix: removeCommand(path) })),
  ];
}

function unique(issues: readonly Issue[]): readonly Issue[] {
  return [...new Map(issues.map((issue) => [`${issue.path}\n${issue.problem}`, issue])).values()];
}
