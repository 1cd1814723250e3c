import { loadClient, reasonOf } from "../../../components/clusters/client.ts";
import { issueAt, joined, reading, type Reading } from "../model.ts";
import { readKubernetesSecret } from "./kubernetes-secret.ts";

/** Lists the Secrets of a namespace, as the API server has them. */
export type ListSecrets = (namespace: string) => Promise<readonly object[]>;

export interface LiveArgs {
  /** Kubeconfig. Default: `KUBECONFIG`, or `~/.kube/config`. */
  readonly kubeconfig?: string;
  /** Context in it. Default: the current one. */
  readonly context?: string;
}

const pageSize = 500;

/** Lists Secrets with the credentials of a kubeconfig. Nothing is written. */
export async function secretsOfCluster({ kubeconfig, context }: LiveArgs): Promise<ListSecrets> {
  const { library, config } = await loadClient({
    ...(kubeconfig === undefined ? {} : { kubeconfig }),
    ...(context === undefined ? {} : { context }),
  });
  const core = config.makeApiClient(library.CoreV1Api);
  return async (namespace) => {
    const items: object[] = [];
    let _continue = "";
    do {
      const page = await core.listNamespacedSecret({
        namespace,
        limit: pageSize,
        ...(_continue === "" ? {} : { _continue }),
      });
      items.push(...page.items);
      _continue = page.metadata?._continue ?? "";
    } while (_continue !== "");
    return items;
  };
}

/** Reads the Secrets of namespaces. What a namespace can't be asked for is an issue of its own. */
export async function readLiveSecrets(namespaces: readonly string[], list: ListSecrets): Promise<Reading> {
  const readings = await Promise.all(
    namespaces.map(async (namespace) => {
      const file = `live:${namespace}`;
      try {
        const secrets = await list(namespace);
        if (secrets.length === 0)
          return reading({
            left: [{ at: { file }, what: `namespace ${namespace}`, reason: "has no Secrets, or does not exist" }],
          });
        return joined(
          secrets.map((object) => readKubernetesSecret({ object, placeOf: () => ({ file }), source: "live-secret" })),
        );
      } catch (error) {
        const fix = `check the kubeconfig and its context, and that you may list: kubectl auth can-i list secrets -n ${namespace}`;
        return reading({ issues: [issueAt({ file }, `listing its Secrets failed: ${reasonOf(error)}`, fix)] });
      }
    }),
  );
  return joined(readings);
}
