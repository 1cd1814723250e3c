import { secret, type Output } from "@pulumi/pulumi";
import { readerName } from "../support/naming.ts";
import type { RemoteStoreSpec } from "./index.ts";
import { staticCredentials } from "./identities.ts";
import type { Identity, StaticLogin } from "./identity.ts";

/** Name of the Secret that holds static credentials, in each namespace that reads with them. */
export const credentialsSecret = `${readerName}-credentials`;

/**
 * A reader with static credentials, the same for every namespace: whoever reads Secrets of one namespace has them, they do
 * not expire, and what they may read is not decided here. For development only.
 *
 * @param credential the value of a configuration key.
 */
export function staticIdentity(
  { kind }: RemoteStoreSpec,
  credential: (configKey: string) => Output<string>,
): Identity<StaticLogin> {
  const values = Object.entries(staticCredentials(kind)).map(
    ([key, configKey]) => [key, secret(credential(configKey))] as const,
  );
  return {
    login: { kind: "static", secretName: credentialsSecret, credentials: Object.fromEntries(values) },
    dependsOn: [],
  };
}
