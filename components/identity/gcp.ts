import { ExpectedError } from "../support/errors.ts";
import type { GcpSecretManagerSpec } from "../stores/gcp-secret-manager.ts";
import type { Identity, IdentityArgs } from "./contract.ts";

/** No identity yet. */
export function gcpIdentity(name: string, { store }: IdentityArgs<GcpSecretManagerSpec>): Identity {
  throw new ExpectedError(`${name}: store ${store.name} has no identity yet`);
}
