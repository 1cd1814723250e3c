import { ExpectedError } from "../support/errors.ts";
import type { AwsSecretsManagerSpec } from "./aws-secrets-manager.ts";
import type { StoreBackend } from "./contract.ts";

export const backend: StoreBackend<AwsSecretsManagerSpec> = {
  open: ({ spec }) => {
    throw new ExpectedError(`stores.${spec.name}: ${spec.kind} has no backend yet`);
  },
};
