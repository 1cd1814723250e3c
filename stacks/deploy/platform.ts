import { log, runtime } from "@pulumi/pulumi";
import { ApplicationSecrets } from "../../components/applications/application-secrets.ts";
import type { Destination } from "../../components/applications/args.ts";
import { reportDrift } from "../../components/applications/drift.ts";
import type { StateResource, StoredSecret } from "../../components/backends/contract.ts";
import type { PreparedStore, StoreSession } from "../../components/backends/session.ts";
import { isWriteOnly, openStore } from "../../components/backends/index.ts";
import { targetPasswordsKey } from "../../components/targets/kind.ts";
import { retireAtTarget, tellTarget } from "../../components/targets/kinds.ts";
import type { UnderWay } from "../../components/targets/under-way.ts";
import { StoreError } from "../../components/support/messages/errors.ts";
import type { Entropy } from "../../components/values/entropy.ts";
import { keptNames, otherValues, previousValue } from "../../components/values/previous.ts";
import { waysOf } from "../../components/values/rotations.ts";
import type { SecretSpec } from "../../components/values/secret-spec.ts";
import {
  accountsOf,
  isSealedAnywhere,
  openedStores,
  placementsOf,
  plainConsumersOf,
  probesOf,
  type Environment,
} from "../config/environment.ts";
import { weakKeyWarning } from "../config/check/weak-keys.ts";
import type { Loaded } from "../config/load.ts";
import type { StackConfig } from "../config/read.ts";
import { comfortableResources, resourceCount } from "../plan/size.ts";
import { administratorsOf } from "./administrators.ts";
import { deliver, type RenderedManifest } from "./deliver.ts";
import type { ExternalQueries } from "./external-queries.ts";
import { checkClusters } from "./preflight/cluster-identity.ts";
import { asSecret, readTemplateFacts } from "./template-facts.ts";
import { refuseLosses, type Cleared } from "./preflight/refuse-losses.ts";
import { required } from "./required.ts";
import { sealingCertificates, sealingIn } from "./sealing.ts";
import { readState } from "./state.ts";
import { switchesIn, switchNotes } from "./switching.ts";
import { merged, plainDestination, type StoredByStore } from "./stored.ts";
import { stepsOf, underWayIn } from "./under-way.ts";
import { verifyDelivered } from "./verify.ts";

export interface DeployArgs extends Loaded {
  readonly entropy: Entropy;
  readonly external: ExternalQueries;
  /** Time of the run. Default: no certificate is taken to have expired. */
  readonly now?: Date;
}

/**
 * Deploys an environment: the only place that wires components.
 *
 * Order: clusters must be those of the state; stores are opened, stores and clusters are asked what they hold, and nothing is
 * written if anything would be lost. Then values and remote objects per application, the operator per cluster with what it
 * generates, and rights, SecretStore and ExternalSecrets per namespace; then what was delivered is verified.
 *
 * @returns what is rendered for a GitOps tool instead of being applied.
 */
export async function deploy(args: DeployArgs): Promise<readonly RenderedManifest[]> {
  const { environment, config, entropy, external, now } = args;
  const state = await readState();
  for (const advice of environment.advice) await log.info(advice);
  for (const weak of environment.weakKeys) {
    await log.warn(weakKeyWarning(weak, environment.policy.minimumBits));
  }
  checkClusters(environment, state);
  const sessions = await beforeFirstWrite(() => openStores(environment, config, external));
  const owner = `${config.project}/${config.stack}`;
  const secretConfig = config.secret;
  const facts = await readTemplateFacts(environment, owner, external.stackOutputs);
  const cleared = await beforeFirstWrite(() =>
    refuseLosses({ environment, owner, state, sessions, external, secretConfig, facts: facts ?? {}, now }),
  );
  const certificates = await beforeFirstWrite(() => sealingCertificates(environment, external, now));
  if (!runtime.isDryRun()) await takeAdopted(environment, cleared, external);
  const switches = switchesIn(environment, state);
  for (const note of switchNotes(environment, switches)) await log.info(note);
  const surveyOf = (name: string) => required(cleared.surveys.get(name), `survey of store ${name}`);
  const stores = new Map([...sessions].map(([name, session]) => [name, session.prepare(surveyOf(name))]));

  const underWay = underWayIn(environment, state);
  const storing = { environment, config, entropy, state, stores, cleared, facts, underWay };
  const { applications, stored } = storeApplications(storing);
  const { manifests, delivered } = await deliver({
    environment,
    owner,
    stored,
    stores,
    secretConfig,
    made: cleared.made,
    takenOver: cleared.takenOver,
    certificates,
    sealing: sealingIn({ certificates, entropy, state }),
    switches,
    providers: new Map(
      state.flatMap(({ name, storeProvider }) => (storeProvider === undefined ? [] : [[name, storeProvider]])),
    ),
    unmerged: new Map(state.flatMap(({ name, unmerged }) => (unmerged === undefined ? [] : [[name, unmerged]]))),
  });
  verifyDelivered(applications, delivered, (id, resources) => {
    if (accountsOf(environment, id).length > 0) underWay.endsWith(id, stepsOf(resources));
  });
  if (environment.detectDrift) {
    for (const [name, session] of sessions) {
      const written = stored.get(name) ?? new Map<string, StoredSecret>();
      await reportDrift({ store: name, session, owned: surveyOf(name).owned, stored: written });
    }
  }
  await warnOfSize(environment);
  return manifests;
}

/** What exists and is taken over no longer has its fields from a resource that no state has. */
async function takeAdopted({ clusters }: Environment, { adopted }: Cleared, external: ExternalQueries): Promise<void> {
  await Promise.all(
    [...adopted].map(([name, objects]) =>
      external.takeFields(required(clusters.get(name), `cluster ${name}`).spec, objects),
    ),
  );
}

/** Asks stores and clusters, before anything is written: an error can say so. */
async function beforeFirstWrite<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    throw error instanceof StoreError ? error.beforeFirstWrite() : error;
  }
}

/** Opens the remote stores that something goes to or is read from. */
async function openStores(
  environment: Environment,
  { secret }: StackConfig,
  { keyVaultApi, labels, session: toUse }: ExternalQueries,
): Promise<ReadonlyMap<string, StoreSession>> {
  const open = openedStores(environment).map(async (spec) => {
    const client = keyVaultApi === undefined ? {} : { keyVaultApi };
    const readLabels = labels?.(spec, secret);
    const asked = { ...client, ...(readLabels === undefined ? {} : { readLabels }) };
    const session = await openStore({ spec, secretConfig: secret, options: {}, ...asked });
    return [spec.name, toUse(spec, session)] as const;
  });
  return new Map(await Promise.all(open));
}

interface StoreArgs {
  readonly environment: Environment;
  readonly config: StackConfig;
  readonly entropy: Entropy;
  readonly state: readonly StateResource[];
  readonly stores: ReadonlyMap<string, PreparedStore>;
  readonly cleared: Cleared;
  readonly facts: Readonly<Record<string, string>> | undefined;
  readonly underWay: UnderWay;
}

interface StoredApplications {
  /** By name. */
  readonly applications: ReadonlyMap<string, ApplicationSecrets>;
  readonly stored: StoredByStore;
}

/** Makes the values of each application, and the remote objects that hold them. */
function storeApplications(args: StoreArgs): StoredApplications {
  const { environment, config, entropy, state, cleared } = args;
  // What a cluster generates is put into the store by its operator.
  const specs = environment.secrets.filter(({ origin }) => origin.kind !== "in-cluster");
  let stored: StoredByStore = new Map();
  const applications = new Map<string, ApplicationSecrets>();
  const names = keptNames(state);
  const administrators = administratorsOf(config.secret(targetPasswordsKey));
  for (const [app, own] of Map.groupBy(specs, (each) => each.app)) {
    const application = new ApplicationSecrets(app, {
      specs: own,
      destinations: (secret) => destinationsOf(secret, args),
      entropy,
      provided: (key) => required(config.secret(key), `configuration ${key}`),
      previous: (spec, key) => previousValue(state, spec, key),
      targets: {
        accountsOf: ({ id }) => accountsOf(environment, id),
        administrator: administrators.passwordOf,
        made: administrators.made,
        tell: tellTarget,
        waysOf: (spec) => waysOf(spec, names),
        rolledBackOf: ({ id }) => cleared.rolledBack.get(id),
        underWay: args.underWay,
        retire: retireAtTarget,
        probesOf: ({ id }) => probesOf(environment, id),
        inUse: (spec, key) => otherValues(state, spec, key),
      },
      facts: asSecret(args.facts),
      owner: { "managed-by": "pulumi", project: config.project, stack: config.stack },
      retain: environment.policy.retain,
      adoptions: cleared.adoptions,
    });
    stored = merged(stored, application.stored);
    applications.set(app, application);
  }
  return { applications, stored };
}

/** The stores of a secret, and the namespaces themselves where it is delivered plain. */
function destinationsOf(secret: SecretSpec, { environment, stores }: StoreArgs): readonly Destination[] {
  const remote = placementsOf(environment, secret.id).map(
    ({ store, objects, referencedBy, replicaOf }): Destination => ({
      name: store.name,
      store: stores.get(store.name),
      objects: () => objects,
      writeOnly: isWriteOnly(store),
      referenced: referencedBy !== undefined,
      ...(replicaOf === undefined ? {} : { replicaOf }),
    }),
  );
  if (plainConsumersOf(environment, secret).length === 0) return remote;
  return [
    ...remote,
    { name: plainDestination, store: undefined, objects: () => [], sealed: isSealedAnywhere(environment, secret) },
  ];
}

async function warnOfSize(environment: Environment): Promise<void> {
  const count = resourceCount(environment);
  if (count <= comfortableResources) return;
  const { name, part } = environment;
  const advice =
    part === undefined
      ? `split it into several stacks: npx secrets fleet plan ${name} --write (docs/fleet.md)`
      : `move some of its applications: npx secrets fleet move ${name} <application> <part> (docs/fleet.md)`;
  await log.warn(
    `This stack holds about ${count} resources; with a file or object-store backend each step writes the whole state ` +
      `again, so time grows with the square beyond ${comfortableResources}.\n` +
      `    fix: ${advice}`,
  );
}
