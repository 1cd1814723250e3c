import { isSynced } from "../../components/delivery/contract.ts";
import { once } from "../../components/support/once.ts";
import type { NotAsked, StoreExaminer } from "../../components/backends/examiner.ts";
import type { RemoteStoreSpec } from "../../components/backends/index.ts";
import type { ClusterSpec } from "../../components/clusters/contract.ts";
import { configuredIn } from "../../stacks/config/part.ts";
import { secretsIn, wholeOf, type Cluster, type Environment } from "../../stacks/config/environment.ts";
import { stackWith } from "../fleet/parts-reader.ts";
import { checks } from "./chain.ts";
import type { ClusterReader } from "./cluster-reader.ts";
import type { ReadEngine } from "./engine-reader.ts";
import { merged, type Examined } from "./model.ts";
import { reportOf, type ExaminedSecret, type Report } from "./report.ts";
import { selected, type Selected } from "./selection.ts";
import type { Asked, AskedNamespace, AskedSecret } from "./subject.ts";

export interface DoctorArgs {
  readonly environment: Environment;
  /** Name of the stack: the environment, or a part of it. */
  readonly stack: string;
  /** `<namespace>/<secret>` or a namespace. Default: every Secret of the environment. */
  readonly target?: string;
  readonly now: Date;
  /** Asks a cluster. */
  readonly reader: (cluster: ClusterSpec) => ClusterReader;
  /** Opens a store to ask it. */
  readonly store: (store: RemoteStoreSpec) => Promise<StoreExaminer | NotAsked>;
  readonly engine: ReadEngine;
  /** Called when another Secret is looked at. */
  readonly onProgress?: (text: string) => void;
  /** Ends it before another Secret is looked at. */
  readonly signal?: AbortSignal;
}

/** Secrets that are looked at at the same time. */
const atOnce = 8;

/**
 * Walks the chain of each Secret, from the cluster to the application that reads it. Changes nothing.
 *
 * @throws ExpectedError where the target names nothing of the environment; the reason of the signal once it is aborted.
 */
export async function examine(args: DoctorArgs): Promise<Report> {
  const { stack, target, now } = args;
  // What parts share is only whole in all of them: who installed an operator, who made a store.
  const environment = wholeOf(args.environment);
  const configured = configuredIn(args.environment, stack);
  const wanted = selected(args.environment, target).map((each) => inWhole(environment, each));
  const readerOf = onceByName(args.reader);
  const stores = onceByName(args.store);
  const engineOf = onceByName(({ name }: { readonly name: string }) => once(() => args.engine(name)));
  const asked = wanted.map(({ namespace, delivery }): AskedSecret => {
    const cluster = clusterOf(environment, namespace.cluster.name);
    const deployedBy = stackWith(environment, secretsIn(namespace.deliveries), configured);
    const engine = engineOf({ name: deployedBy });
    const reader = readerOf(cluster.spec);
    return { environment, stack: configured, deployedBy, cluster, reader, stores, engine, now, namespace, delivery };
  });
  const walk = walker();
  const secrets: ExaminedSecret[] = [];
  for (let start = 0; start < asked.length; start += atOnce) {
    args.signal?.throwIfAborted();
    const some = asked.slice(start, start + atOnce);
    args.onProgress?.(`looking at Secret ${start + 1} of ${asked.length}`);
    secrets.push(...(await Promise.all(some.map(async (each) => ({ asked: each, examined: await walk(each) })))));
  }
  return reportOf({ environment: environment.name, stack, now, secrets });
}

/** The same Secret in the environment that a part is cut from. */
function inWhole({ namespaces }: Environment, { namespace, delivery }: Selected): Selected {
  const found = namespaces.find(({ key }) => key === namespace.key) ?? namespace;
  return {
    namespace: found,
    delivery: found.deliveries.find(({ secretName }) => secretName === delivery.secretName) ?? delivery,
  };
}

/** Opens each cluster or store once. */
function onceByName<S extends { readonly name: string }, T>(open: (spec: S) => T): (spec: S) => T {
  const opened = new Map<string, T>();
  return (spec) => {
    const found = opened.get(spec.name) ?? open(spec);
    opened.set(spec.name, found);
    return found;
  };
}

function clusterOf({ clusters }: Environment, name: string): Cluster {
  const cluster = clusters.get(name);
  if (cluster === undefined) throw new Error(`the environment has no cluster ${name}`);
  return cluster;
}

/** Walks chains; what several Secrets share is looked at once. */
function walker(): (asked: AskedSecret) => Promise<Examined> {
  const made = new Map<string, Promise<Examined>>();
  const shared = (key: string, make: () => Promise<Examined>) => {
    const result = made.get(key) ?? make();
    made.set(key, result);
    return result;
  };
  const all = async <A>(asked: A, each: readonly ((asked: A) => Promise<Examined>)[]) =>
    merged(await Promise.all(each.map((check) => check(asked))));
  return async (asked) => {
    const { name } = asked.cluster.spec;
    const cluster = await shared(`cluster ${name}`, () => all<Asked>(asked, checks.cluster));
    // A cluster that does not answer has nothing to say of what is in it.
    if ((cluster.unchecked ?? []).length > 0) return cluster;
    const operator = isSynced(asked.delivery)
      ? await shared(`operator ${name}`, () => all<Asked>(asked, checks.operator))
      : {};
    const namespace = await shared(`namespace ${asked.namespace.key}`, () =>
      all<AskedNamespace>(asked, checks.namespace),
    );
    return merged([cluster, operator, namespace, await all(asked, checks.secret)]);
  };
}
