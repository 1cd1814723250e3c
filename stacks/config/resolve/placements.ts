import { remoteObjectsOf, replicates } from "../../../components/backends/index.ts";
import { storesOf, type Environment, type Placement } from "../environment.ts";
import { versionsRead } from "../../../components/backends/references.ts";
import { referencedBy } from "./references.ts";
import { shapeOfSecret } from "./secret-shape.ts";

/**
 * Where each secret lies: in the stores that the namespaces that consume it read, or are to read next, or that facts name
 * for a secret without a namespace. In the order of the secrets, then of the stores' names. Pure.
 */
export function resolvePlacements(
  environment: Pick<Environment, "name" | "platform" | "secrets" | "namespaces" | "stores">,
): readonly Placement[] {
  return environment.secrets.flatMap((secret) => {
    const placements = [...new Map(storesOf(environment, secret).map((store) => [store.name, store]))]
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([, store]) => {
        const by = referencedBy(secret, store);
        const objects = remoteObjectsOf(store, shapeOfSecret(environment, secret, by));
        return { secret, store, objects, ...(by === undefined ? {} : { referencedBy: by }) };
      });
    return placements.map((each) => {
      const primary = placements.find((other) => isReplica(each, other));
      return primary === undefined ? each : { ...each, replicaOf: primary.store.name };
    });
  });
}

/** Whether one placement holds what the store of another brings there: the same objects, in the newest version. */
function isReplica(replica: Placement, primary: Placement): boolean {
  if (replica.referencedBy === undefined || primary.referencedBy !== undefined) return false;
  const names = ({ objects }: Placement) => objects.map(({ name }) => name).join("\n");
  const isNewest = replica.objects.every((object) => versionsRead(object).every((version) => version === undefined));
  return isNewest && names(replica) === names(primary) && replicates(primary.store, replica.store);
}
