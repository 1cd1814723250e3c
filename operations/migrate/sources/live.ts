import { causeOf, listAll, loadClient } from "../../../components/clusters/client.ts";
import { issueAt, joined, reading, type Reading } from "../model.ts";
import { textAt } from "./yaml.ts";
import { readKubernetesSecret } from "./kubernetes-secret.ts";

/** Lists the Secrets of a namespace, as the API server has them. */
export type ListSecrets = (namespace: string) => Promise<readonly object[]>;

export interface LiveArgs {
  /** Kubeconfig. Default: `KUBECONFIG`, or `~/.kube/config`. */
  readonly kubeconfig?: string;
  /** Context in it. Default: the current one. */
  readonly context?: string;
}

/** Lists Secrets with the credentials of a kubeconfig. Nothing is written. */
export async function secretsOfCluster({ kubeconfig, context }: LiveArgs): Promise<ListSecrets> {
  const client = await loadClient({
    ...(kubeconfig === undefined ? {} : { kubeconfig }),
    ...(context === undefined ? {} : { context }),
  });
  // Without any, the client takes a cluster of this machine for granted.
  if (kubeconfig === undefined && client.server === "http://localhost:8080")
    throw new Error("there is none: neither --kubeconfig nor KUBECONFIG names one, and ~/.kube/config does not exist");
  return (namespace) => listAll<object>(client, { at: { apiVersion: "v1", kind: "Secret", namespace } });
}

/**
 * Reads the Secrets of namespaces, or single ones by `<namespace>/<Secret>`. What a namespace can't be asked for is an issue of its own.
 */
export async function readLiveSecrets(places: readonly string[], list: ListSecrets): Promise<Reading> {
  const lists = new Map<string, Promise<readonly object[]>>();
  const readings = await Promise.all(
    places.map(async (place) => {
      const file = `live:${place}`;
      const [namespace = "", name] = place.split("/");
      try {
        const asked = lists.get(namespace) ?? list(namespace);
        lists.set(namespace, asked);
        const found = await asked;
        const secrets = name === undefined ? found : found.filter((each) => textAt(each, "metadata", "name") === name);
        if (secrets.length === 0) {
          const none =
            name === undefined
              ? { what: `namespace ${namespace}`, reason: "has no Secrets, or does not exist" }
              : { what: `Secret ${place}`, reason: "does not exist" };
          return reading({ left: [{ at: { file }, ...none }] });
        }
        return joined(
          secrets.map((object) => readKubernetesSecret({ object, placeOf: () => ({ file }), source: "live-secret" })),
        );
      } catch (error) {
        const fix = `check the kubeconfig and its context, and that you may list: kubectl auth can-i list secrets -n ${namespace}`;
        return reading({ issues: [issueAt({ file }, `listing its Secrets failed: ${causeOf(error)}`, fix)] });
      }
    }),
  );
  return joined(readings);
}
