import { ExpectedError } from "../support/errors.ts";
import type { GcpSecretManagerSpec } from "./gcp-secret-manager.ts";
import type { StoreBackend } from "./contract.ts";

export const backend: StoreBackend<GcpSecretManagerSpec> = {
  open: ({ spec }) => {
    throw new ExpectedError(`stores.${spec.name}: ${spec.kind} has no backend yet`);
  },
};
