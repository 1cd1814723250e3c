import { ExpectedError } from "../support/errors.ts";
import type { AwsParameterStoreSpec } from "./aws-parameter-store.ts";
import type { StoreBackend } from "./contract.ts";

export const backend: StoreBackend<AwsParameterStoreSpec> = {
  open: ({ spec }) => {
    throw new ExpectedError(`stores.${spec.name}: ${spec.kind} has no backend yet`);
  },
};
