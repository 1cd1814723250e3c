import { causeOf, ApiError, ifExists, loadClient, metadataOfOne } from "./client.ts";
import type { ClusterSpec } from "./contract.ts";
import { refusalSentence } from "./troubles/refusals.ts";

/** A Secret that a run has to reach. */
export interface ReachedSecret {
  readonly namespace: string;
  readonly secretName: string;
  /** Whether the run reads it, too: whoever runs it needs `get` on it then. */
  readonly isRead: boolean;
}

/** Why a Secret can't be reached or read. */
export interface Obstacle {
  readonly secret: ReachedSecret;
  /** Whether the cluster answers, and refuses it. */
  readonly isRefused: boolean;
  /** What is wrong, and what puts it right. */
  readonly problem: string;
  readonly fix: string;
}

/** Finds out which of these Secrets of a cluster can't be reached, or not be read. What they hold is not asked for. */
export type FindObstacles = (
  cluster: Pick<ClusterSpec, "name" | "kubeconfig" | "context">,
  secrets: readonly ReachedSecret[],
) => Promise<readonly Obstacle[]>;

/** The cluster itself answers. One that does not is said once. */
export const findObstacles: FindObstacles = async (cluster, secrets) => {
  const found = await Promise.all(secrets.map((secret) => obstacleTo(cluster, secret)));
  const obstacles = found.flatMap((each) => each ?? []);
  return [...new Map(obstacles.map((each) => [each.problem, each])).values()];
};

async function obstacleTo(cluster: Parameters<FindObstacles>[0], secret: ReachedSecret): Promise<Obstacle | undefined> {
  const { namespace, secretName: name, isRead } = secret;
  try {
    const client = await loadClient(cluster);
    const at = { apiVersion: "v1", kind: "Secret", namespace, name };
    await ifExists(client.ask({ at, accept: metadataOfOne }));
    return undefined;
  } catch (error) {
    const cause = causeOf(error);
    if (error instanceof ApiError && error.status === 403) {
      if (!isRead) return undefined;
      const { problem, fix = `see what you may: kubectl auth can-i get secret/${name} -n ${namespace}` } =
        refusalSentence(cause, namespace);
      return { secret, isRefused: true, problem, fix };
    }
    return {
      secret,
      isRefused: false,
      problem: cause,
      fix: "let whoever runs this reach the cluster, and run it again; until then everything keeps its previous value",
    };
  }
}
