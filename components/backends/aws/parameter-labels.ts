import type { NotAsked } from "../examiner.ts";
import type { LabelAccess, ReadLabels } from "../labels.ts";
import { parameterTags } from "./client.ts";
import type { AwsParameterStoreSpec } from "./parameter-store.ts";

/** Opens Parameter Store for its tags: Pulumi's provider has no function that tells those of a parameter. */
export function openLabels(spec: AwsParameterStoreSpec, { variable }: LabelAccess): Promise<ReadLabels | NotAsked> {
  return Promise.resolve(parameterTags(spec, variable));
}
