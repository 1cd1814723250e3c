import type { NotAsked, StoreExaminer } from "../../components/backends/examiner.ts";
import type { RemoteStoreSpec } from "../../components/backends/index.ts";
import { shellWord } from "../../components/support/messages/config-command.ts";
import { clusterStoreName } from "../../components/support/naming.ts";
import { isRendered, isSynced, type DeliverySpec } from "../../components/delivery/contract.ts";
import { secretStoreName } from "../../components/delivery/secret-store-name.ts";
import type { Cluster, Environment, Namespace } from "../../stacks/config/environment.ts";
import { readsStore } from "../../stacks/config/store-use.ts";
import type { Answer, ClusterReader } from "./cluster-reader.ts";
import type { EngineState } from "./engine-reader.ts";

/** What a check may ask. */
export interface Asked {
  readonly environment: Environment;
  /** Name of the stack that has the facts, and what parts share: the environment's, where it is spread over several. */
  readonly stack: string;
  /** Name of the stack that deploys what is asked about: one of those that the environment is spread over. */
  readonly deployedBy: string;
  readonly cluster: Cluster;
  readonly reader: ClusterReader;
  /** Opens a store to ask it, once for each store. */
  readonly stores: (store: RemoteStoreSpec) => Promise<StoreExaminer | NotAsked>;
  /** Asks the engine for that stack, once. */
  readonly engine: () => Promise<Answer<EngineState>>;
  /** Time of the run. */
  readonly now: Date;
}

export interface AskedNamespace extends Asked {
  readonly namespace: Namespace;
}

/** One Kubernetes Secret of a namespace, and all that must work for it to be there. */
export interface AskedSecret extends AskedNamespace {
  readonly delivery: DeliverySpec;
}

/** The object that a namespace's ExternalSecrets read through; `undefined` where they read through none. */
export function storeReference({ environment, cluster, namespace }: AskedNamespace):
  | {
      readonly kind: "SecretStore" | "ClusterSecretStore";
      readonly name: string;
      readonly namespace?: string;
    }
  | undefined {
  if (!readsStore(namespace)) return undefined;
  const { platform, name } = environment;
  return cluster.spec.externalSecrets.clusterSecretStore === undefined
    ? { kind: "SecretStore", name: secretStoreName(cluster.spec), namespace: namespace.name }
    : {
        kind: "ClusterSecretStore",
        name: clusterStoreName({ platform, environment: name, store: namespace.store.name }),
      };
}

/** Whether the namespace's SecretStore is applied by a GitOps tool, since nothing here reads through it. */
export function isStoreRendered({ deliveries }: Namespace): boolean {
  const synced = deliveries.filter(isSynced);
  return synced.length > 0 && synced.every(isRendered);
}

/** The command that makes again what this program, or a GitOps tool, applies. */
export function applyAgain({ deployedBy }: Asked, rendered: boolean): string {
  return rendered
    ? `let the GitOps tool apply it again: npm run manifests -- ${deployedBy} --out <folder>, then commit`
    : "pulumi up --refresh";
}

/** `kubectl` for a cluster, as facts say that it is reached. */
export function kubectl({ cluster: { spec } }: Pick<Asked, "cluster">, words: string): string {
  return ["kubectl", ...connection(spec, "--context"), words].join(" ");
}

/** `helm` for a cluster. */
export function helm({ cluster: { spec } }: Pick<Asked, "cluster">, words: string): string {
  return ["helm", ...connection(spec, "--kube-context"), words].join(" ");
}

/** How a cluster is reached, as words of a shell. */
export function connection(
  { kubeconfig, context }: Pick<Cluster["spec"], "kubeconfig" | "context">,
  contextFlag: string,
): readonly string[] {
  return [
    ...(kubeconfig === undefined ? [] : ["--kubeconfig", shellWord(kubeconfig)]),
    ...(context === undefined ? [] : [contextFlag, shellWord(context)]),
  ];
}
