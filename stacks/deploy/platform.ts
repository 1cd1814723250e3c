import { log, type Output } from "@pulumi/pulumi";
import { ApplicationSecrets, type Destination } from "../../components/applications/application-secrets.ts";
import { reportDrift } from "../../components/applications/drift.ts";
import type { StateResource, StoreSession } from "../../components/backends/contract.ts";
import { isRemote, isWriteOnly, openStore } from "../../components/backends/index.ts";
import type { Entropy } from "../../components/values/entropy.ts";
import { checkClusters } from "./preflight/cluster-identity.ts";
import { deliver } from "./deliver.ts";
import { storesOf, type EnvironmentSpec } from "../config/environment.ts";
import type { Outside } from "./external-queries.ts";
import { comfortableResources, resourceCount } from "../plan/size.ts";
import { objectsIn, objectsOfSecret } from "../config/resolve/remote-objects.ts";
import { refuseLosses } from "./preflight/refuse-losses.ts";
import { required } from "./required.ts";
import { merged, type StoredByStore } from "./stored.ts";

export interface DeployArgs {
  readonly spec: EnvironmentSpec;
  readonly project: string;
  readonly stack: string;
  /** A secret configuration value, if set. */
  readonly secretConfig: (key: string) => Output<string> | undefined;
  readonly entropy: Entropy;
  /** What the stack's own state knows. */
  readonly state: readonly StateResource[];
  readonly outside: Outside;
}

/**
 * Deploys an environment: the only place that wires components.
 *
 * Order: clusters must be those of the state, stores are opened and asked what they hold (nothing is written if a name is taken), then values and remote
 * objects per application, the operator per cluster with what it generates, and rights, SecretStore and ExternalSecrets
 * per namespace.
 */
export async function deployEnvironment(args: DeployArgs): Promise<void> {
  const { spec } = args;
  checkClusters(spec, args.state);
  const sessions = await openStores(args);
  const owned = new Map([...sessions].map(([name, session]) => [name, session.owned(args.state)]));
  const { strangers, adoptions, made } = await refuseLosses({ ...args, owner: ownerOf(args), sessions });
  for (const session of sessions.values()) session.prepare?.();

  let stored: StoredByStore = new Map();
  const madeHere = spec.secrets.filter(({ generatedIn }) => generatedIn === undefined);
  for (const [app, specs] of Map.groupBy(madeHere, (each) => each.app)) {
    const application = new ApplicationSecrets(app, {
      specs,
      destinations: (each) =>
        storesOf(spec, each.id).map((name): Destination => ({
          name,
          session: sessions.get(name),
          objects: (secret) => objectsOfSecret(spec, name, secret),
          strangers: strangers.get(name) ?? new Set(),
          writeOnly: isWriteOnly(required(spec.stores.get(name), `store ${name}`)),
        })),
      entropy: args.entropy,
      provided: (config) => required(args.secretConfig(config), `configuration ${config}`),
      owner: { "managed-by": "pulumi", project: args.project, stack: args.stack },
      retain: spec.policy.retain,
      adoptions,
    });
    stored = merged(stored, application.stored);
  }

  await deliver({
    spec,
    owner: ownerOf(args),
    stored,
    sessions,
    secretConfig: args.secretConfig,
    made,
    unmerged: new Map(args.state.flatMap(({ name, unmerged }) => (unmerged === undefined ? [] : [[name, unmerged]]))),
  });
  if (spec.detectDrift) await findDrift(spec, sessions, owned);
  await warnOfSize(spec);
}

/** Name of the stack, as the objects that it makes say it. */
function ownerOf({ project, stack }: DeployArgs): string {
  return `${project}/${stack}`;
}

/** Opens the remote stores that something goes to or is read from. */
async function openStores({ spec, secretConfig, outside }: DeployArgs): Promise<ReadonlyMap<string, StoreSession>> {
  const used = new Set([...spec.namespaces.values()].flatMap(({ store, alsoStores }) => [store, ...alsoStores]));
  const stores = [...spec.stores.values()].filter(isRemote).filter(({ name }) => used.has(name));
  const open = stores.map(async (store) => {
    const session = await openStore({
      spec: store,
      secretConfig,
      options: {},
      ...(outside.keyVaultApi === undefined ? {} : { keyVaultApi: outside.keyVaultApi }),
    });
    return [store.name, outside.session(store, session)] as const;
  });
  return new Map(await Promise.all(open));
}

async function findDrift(
  spec: EnvironmentSpec,
  sessions: ReadonlyMap<string, StoreSession>,
  owned: ReadonlyMap<string, ReturnType<StoreSession["owned"]>>,
): Promise<void> {
  for (const [name, session] of sessions) {
    const objects = objectsIn(spec, name).flatMap(({ spec: { id }, remoteName }) => {
      const known = owned.get(name)?.get(remoteName);
      return known === undefined ? [] : [{ id, remoteName, ...known }];
    });
    await reportDrift(name, session, objects);
  }
}

async function warnOfSize(spec: EnvironmentSpec): Promise<void> {
  const count = resourceCount(spec);
  if (count <= comfortableResources) return;
  await log.warn(
    `This stack holds about ${count} resources; with a file or object-store backend each step writes the whole state ` +
      `again, so time grows with the square beyond ${comfortableResources}.\n` +
      `    fix: split it by applications into several stacks: docs/operations.md#large-environments`,
  );
}
