import { secret, type Output } from "@pulumi/pulumi";
import { staticSecretStore } from "./static-credentials.ts";
import { backendOf, type RemoteStoreSpec } from "./index.ts";
import { readerName } from "../support/naming.ts";
import type { StaticIdentity } from "./identity.ts";

/** Name of the Secret that holds a reader's credentials, in each namespace that reads with them. */
export const credentialsSecret = `${readerName}-credentials`;

/**
 * A reader with credentials that people bring, the same for every namespace: whoever reads Secrets of one namespace has
 * them, they never expire by themselves, and what they may read is not decided here. For development only.
 */
export function staticIdentity(
  store: RemoteStoreSpec,
  credential: (configKey: string) => Output<string>,
): StaticIdentity {
  const values = Object.entries(backendOf(store).readerCredentials).map(
    ([key, config]) => [key, credential(config)] as const,
  );
  return {
    via: "static",
    dependsOn: [],
    credentials: Object.fromEntries(values.map(([key, value]) => [key, secret(value)])),
    secretStore: (metadata) => staticSecretStore(metadata, store, credentialsSecret),
  };
}
