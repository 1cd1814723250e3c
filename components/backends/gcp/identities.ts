import type { CloudIdentities } from "../identity.ts";
import { checkGcpIdentity, gcpCredentials, type GcpLogin } from "./identity-rules.ts";
import type { GcpSecretManagerSpec } from "./secret-manager.ts";
import { gcpProvider } from "./secret-store.ts";

/** Identities on Google Cloud: bindings on each secret, for service accounts. */
export const gcpIdentities: CloudIdentities<GcpSecretManagerSpec, GcpLogin> = {
  load: async () => (await import("./identity.ts")).gcpIdentity,
  check: checkGcpIdentity,
  credentials: gcpCredentials,
  storeProvider: gcpProvider,
};
