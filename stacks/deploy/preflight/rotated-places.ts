import type { FindObstacles, ReachedSecret } from "../../../components/clusters/readable.ts";
import { isMounted, isRendered, sourcesOf, type DeliverySpec } from "../../../components/delivery/contract.ts";
import type { Issue } from "../../../components/support/messages/errors.ts";
import { isVerified, type Cluster, type Environment } from "../../config/environment.ts";
import { rotationsBegunBy } from "../../../components/values/rotations.ts";

/**
 * Clusters that could not be given the values of a rotation that this run begins: they do not answer, or do not let whoever runs it
 * read what it has to verify. Its target and its stores would have the new value by then, and every other Secret of the run would wait.
 * A rotation that has begun is not asked about: it goes on as far as it can.
 *
 * @param names logical names of what the state has.
 */
export async function rotatedPlaceIssues(
  environment: Environment,
  names: ReadonlySet<string>,
  ask: FindObstacles,
): Promise<readonly Issue[]> {
  const begun = rotationsBegunBy(environment.secrets, names);
  if (begun.size === 0) return [];
  const found = await Promise.all(
    [...environment.clusters.values()].map(async (cluster) => {
      const places = placesIn(environment, cluster, begun);
      const obstacles = places.length === 0 ? [] : await ask(cluster.spec, places);
      return obstacles.map(({ secret: { namespace, secretName }, isRefused, problem, fix }): Issue => ({
        path: `clusters.${cluster.spec.name}`,
        problem: `Secret ${namespace}/${secretName} is to get new values, and can't be ${isRefused ? "read" : "reached"}: ${problem}`,
        fix,
      }));
    }),
  );
  return found.flat();
}

function placesIn(
  environment: Environment,
  { namespaces }: Cluster,
  begun: ReadonlySet<string>,
): readonly ReachedSecret[] {
  return namespaces
    .flatMap(({ deliveries }) => deliveries)
    .filter((delivery) => !isMounted(delivery) && !isRendered(delivery))
    .flatMap((delivery) => {
      const ids = rotatedIn(delivery, begun);
      const { namespace, secretName } = delivery;
      const isRead = ids.some((id) => isVerified(environment, id));
      return ids.length === 0 ? [] : [{ namespace, secretName, isRead }];
    });
}

function rotatedIn(delivery: DeliverySpec, begun: ReadonlySet<string>): readonly string[] {
  return sourcesOf(delivery).flatMap(({ secret }) => (begun.has(secret) ? [secret] : []));
}
