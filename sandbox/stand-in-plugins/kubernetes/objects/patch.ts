import { type PropertyMap, Unknown } from "../../support/values.ts";
import { ApiError } from "../api.ts";
import type { Cluster } from "../cluster.ts";
import { type Identity, metadataOf } from "../manifest.ts";

/** Refuses a patch that can't be made (pulumi/pulumi-kubernetes, provider.go: Check). */
export function mustPatch(inputs: PropertyMap, { config }: Cluster): void {
  if (!config.serverSideApply) {
    throw new Error(
      "patch resources require Server-Side Apply mode, which is enabled using the `enableServerSideApply` Provider config",
    );
  }
  const { name } = metadataOf(inputs);
  if (!(name instanceof Unknown) && (name === undefined || name === ""))
    throw new Error("patch resources require the `.metadata.name` field to be set");
}

/** Ends a patch: its fields are given up, and the object stays (pulumi/pulumi-kubernetes, await.go: Deletion). */
export async function relinquish(
  { objects }: Cluster,
  identity: Identity,
  fieldManager: string,
  signal: AbortSignal,
): Promise<void> {
  try {
    await objects.relinquish(identity, fieldManager, signal);
  } catch (error) {
    if (!(error instanceof ApiError) || error.requiredField === undefined) throw error;
    throw new Error(
      "this Patch resource is currently managing a required field, so it can't be deleted directly. Either set the " +
        "`retainOnDelete` resource option, or transfer ownership of the field before deleting: " +
        error.requiredField,
      { cause: error },
    );
  }
}
