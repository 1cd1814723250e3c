import { messageOf, StoreError } from "../support/messages/errors.ts";
import { ApiError, ifExists, loadClient, type ClusterClient } from "./client.ts";
import type { ClusterSpec } from "./contract.ts";
import { handOverAnnotation } from "./owner.ts";
import { pulumiManager } from "./pulumi-manager.ts";
import { apiVersionOf, placeOf, surveyedKinds, type ObjectName } from "./survey.ts";

/** One writer of an object's fields, as its `metadata.managedFields` has it. */
export interface FieldsOf {
  readonly manager?: string;
  readonly operation?: string;
  readonly subresource?: string;
}

/** A resource of Pulumi's provider for Kubernetes applies fields under a name of its own: a new one where the state is lost. */
const applier = /^pulumi-kubernetes-[0-9a-f]+$/;

/** How often an object is patched again when somebody wrote to it in between. */
const attempts = 5;

/**
 * The writers of an object that is taken over into the state: what another resource of Pulumi applied counts as made by a creation without
 * apply, which the provider takes for its own at the next update (pulumi-kubernetes, await.go: fixCSAFieldManagers). Otherwise a field
 * that changes later is in conflict with a manager that nobody is any more, and one that is dropped stays. `undefined` where there is
 * nothing to do. Pure.
 */
export function withoutAppliers<F extends FieldsOf>(writers: readonly F[]): readonly F[] | undefined {
  const isApplier = ({ manager = "", operation, subresource }: F) =>
    operation === "Apply" && subresource === undefined && applier.test(manager);
  if (!writers.some(isApplier)) return undefined;
  return writers.map((each) => (isApplier(each) ? { ...each, manager: pulumiManager, operation: "Update" } : each));
}

interface Metadata {
  readonly resourceVersion?: string;
  readonly managedFields?: readonly FieldsOf[];
  readonly annotations?: Readonly<Record<string, string>>;
}

/**
 * A merge patch of the metadata of an object that is taken over: its writers as {@link withoutAppliers} has them, and no mark of an object
 * that was handed over. What is applied names no such mark and leaves it where it is, so that the state would take the object for one that
 * stays in the cluster. `undefined` where there is nothing to do. Pure.
 */
export function takeOverPatch({ resourceVersion, managedFields = [], annotations = {} }: Metadata): object | undefined {
  const writers = withoutAppliers(managedFields);
  const isHandedOver = handOverAnnotation in annotations;
  if (writers === undefined && !isHandedOver) return undefined;
  return {
    resourceVersion,
    ...(writers === undefined ? {} : { managedFields: writers }),
    ...(isHandedOver ? { annotations: { [handOverAnnotation]: null } } : {}),
  };
}

/**
 * Makes objects that exist ready to be taken over: see {@link takeOverPatch}. Nothing else of them changes, and repeating it does no harm.
 *
 * @throws StoreError where one can't be patched.
 */
export async function takeFields(cluster: ClusterSpec, objects: readonly ObjectName[]): Promise<void> {
  if (objects.length === 0) return;
  const client = await loadClient(cluster);
  await Promise.all(
    objects.map(async (object) => {
      try {
        await patched(client, object);
      } catch (error) {
        const where = object.namespace === undefined ? "" : ` -n ${object.namespace}`;
        throw new StoreError(
          `clusters.${cluster.name}`,
          `taking over ${object.kind} ${placeOf(object)} failed: ${messageOf(error)}`,
          `check that you may: kubectl auth can-i patch ${surveyedKinds[object.kind]}/${object.name}${where}`,
        );
      }
    }),
  );
}

async function patched(client: ClusterClient, { kind, name, namespace }: ObjectName): Promise<void> {
  const at = { apiVersion: apiVersionOf(kind), kind, name, ...(namespace === undefined ? {} : { namespace }) };
  for (let attempt = 1; ; attempt += 1) {
    const found = await ifExists(client.ask<{ readonly metadata: Metadata }>({ at }));
    const metadata = takeOverPatch(found?.metadata ?? {});
    if (metadata === undefined) return;
    const body = { metadata };
    try {
      await client.ask({ method: "PATCH", at, query: { fieldManager: pulumiManager }, body });
      return;
    } catch (error) {
      if (!(error instanceof ApiError && error.status === 409) || attempt >= attempts) throw error;
    }
  }
}
