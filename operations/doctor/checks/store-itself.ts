import { readObjects } from "../../../components/delivery/selection.ts";
import { isFromStore, isMounted, isSynced, sourcesOf } from "../../../components/delivery/contract.ts";
import type { ReadObject, StoreExamination } from "../../../components/backends/examiner.ts";
import { placementsOf, type Placement } from "../../../stacks/config/environment.ts";
import { merged, type Examined } from "../model.ts";
import type { AskedSecret } from "../subject.ts";

/** What the store itself says of the reader's login, its rights and the objects that a Secret is made of. */
export async function checkStoreItself(asked: AskedSecret): Promise<Examined> {
  const { delivery, namespace, stores, environment, cluster } = asked;
  const { store } = namespace;
  if (!isFromStore(delivery) || store === undefined) return {};
  const examiner = await stores(store);
  const objects = objectsOf(asked);
  if ("reason" in examiner) return notAsked(store.name, objects, examiner.reason);
  const itself = await examiner.store();
  if (itself.unreachable === true) {
    // Hundreds of Secrets would wait for it one after the other.
    return merged([examinedOf(itself), notAsked(store.name, objects, "nothing answers there")]);
  }
  const shared = isSynced(delivery) && cluster.spec.externalSecrets.clusterSecretStore !== undefined;
  const scope = {
    platform: environment.platform,
    environment: environment.name,
    cluster: cluster.spec.name,
    namespace: shared ? cluster.spec.externalSecrets.namespace : namespace.name,
  };
  const wanted = sourcesOf(delivery).map(({ from }) => from);
  const answers = await Promise.all([
    ...(store.staticCredentials === true
      ? []
      : [examiner.reader({ scope, cluster: cluster.spec, objects, by: isMounted(delivery) ? "mount" : "operator" })]),
    ...objects.map((object) =>
      examiner.object(
        object,
        object.keys.filter((key) => wanted.includes(key)),
      ),
    ),
  ]);
  return merged([itself, ...answers].map(examinedOf));
}

/** What the store does not tell of a reader and its objects, since it is asked nothing. */
function notAsked(store: string, objects: readonly ReadObject[], reason: string): Examined {
  const names = objects.map(({ name }) => name).join(", ");
  return {
    unchecked: [
      { link: "rights", subject: `the reader's rights in store ${store}`, reason, kind: "not-asked" },
      { link: "object", subject: `${names} in store ${store}`, reason, kind: "not-asked" },
    ],
  };
}

/** The objects of the store that hold a key of the Secret. */
function objectsOf({ delivery, namespace, environment }: AskedSecret): readonly ReadObject[] {
  const ids = new Set(sourcesOf(delivery).map(({ secret }) => secret));
  const stored = new Map(
    [...ids].map((id) => {
      const here = placementsOf(environment, id).find(({ store }) => store === namespace.store);
      const of = here === undefined ? {} : originOf(here);
      return [id, { objects: (here?.objects ?? []).map((object) => ({ object: { ...object, ...of } })) }] as const;
    }),
  );
  return readObjects(delivery, stored).flatMap(({ objects }) => objects.map(({ object }) => object));
}

function originOf({ secret: { id, origin }, referencedBy, replicaOf }: Placement): Partial<ReadObject> {
  if (replicaOf !== undefined) return { replicaOf };
  const isWritten = referencedBy === undefined && (origin.kind === "generated" || origin.kind === "adopted");
  return isWritten ? { secret: id } : {};
}

function examinedOf({ findings = [], seen = [], unanswered = [] }: StoreExamination): Examined {
  return {
    findings: findings.map((each) => ({ severity: "broken", ...each })),
    seen,
    unchecked: unanswered.map((each) => ({ ...each, kind: "unanswered" })),
  };
}
