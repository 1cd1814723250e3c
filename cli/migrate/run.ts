import path from "node:path";
import { ExpectedError } from "../../components/support/messages/errors.ts";
import { kubernetesCluster } from "../../operations/migrate/run/kubernetes.ts";
import { ClusterError, type MigrationCluster } from "../../operations/migrate/run/cluster.ts";
import { MigrationStopped, type MigrationContext } from "../../operations/migrate/run/context.ts";
import { EngineError } from "../../operations/migrate/run/engine.ts";
import { migrationJournalFile } from "../../operations/migrate/run/journal.ts";
import { pulumiCli } from "../../operations/migrate/run/pulumi-cli.ts";
import { readStackFile } from "../../preview/stack-file.ts";
import { FailedError } from "../exit-codes.ts";
import type { Session } from "../frame.ts";

interface ClusterFacts {
  readonly kubeconfig?: string;
  readonly context?: string;
}

interface Facts {
  readonly clusters: Readonly<Record<string, ClusterFacts>>;
  readonly namespaces: Readonly<Record<string, { readonly cluster?: string; readonly clusters?: object }>>;
}

export interface MigrationToolsArgs {
  readonly stack: string;
  /** Cluster of namespaces that the facts lack. */
  readonly cluster: string | undefined;
  readonly session: Session;
}

/** What a migration works with, of the stack that is named: its engine, its clusters, its journal. */
export async function migrationTools({
  stack,
  cluster,
  session: { root, progress, signal },
}: MigrationToolsArgs): Promise<Omit<MigrationContext, "plan" | "sources">> {
  const { project, plain } = await readStackFile(root, stack);
  const read = (key: string): unknown => JSON.parse(plain[`${project}:${key}`] ?? "{}");
  const facts = { clusters: read("clusters"), namespaces: read("namespaces") } as Facts;
  const opened = new Map<string, Promise<MigrationCluster>>();
  return {
    engine: pulumiCli({ root, stack, signal, onLine: (line) => progress.step(line) }),
    cluster: (namespace) => {
      const name = clusterOf(namespace, facts, cluster);
      const client = opened.get(name) ?? kubernetesCluster(reached(facts.clusters[name] ?? {}, root));
      opened.set(name, client);
      return client;
    },
    journal: migrationJournalFile(root, stack),
    onStep: (text) => progress.step(text),
    signal,
  };
}

function clusterOf(namespace: string, { clusters, namespaces }: Facts, chosen: string | undefined): string {
  const facts = namespaces[namespace];
  if (facts?.clusters !== undefined) {
    throw new ExpectedError(
      `namespaces.${namespace}: is in several clusters, and a migration compares the Secrets of one\n` +
        "    fix: migrate it by hand (docs/migrate.md#by-hand)",
    );
  }
  const [only, another] = Object.keys(clusters);
  const name = facts?.cluster ?? chosen ?? (another === undefined ? only : undefined);
  if (name === undefined)
    throw new ExpectedError(`namespaces.${namespace}: names no cluster\n    fix: --cluster <cluster>`);
  return name;
}

/** The program runs in the folder of its project, so that is where its paths begin. */
function reached({ kubeconfig, context }: ClusterFacts, root: string): ClusterFacts {
  return {
    ...(kubeconfig === undefined ? {} : { kubeconfig: path.resolve(root, kubeconfig) }),
    ...(context === undefined ? {} : { context }),
  };
}

/** Runs a part of a migration: what stops it on the way is said as it is, with how to go on. */
export async function continuing<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof MigrationStopped || error instanceof EngineError || error instanceof ClusterError)
      throw new FailedError(error.message);
    throw error;
  }
}
