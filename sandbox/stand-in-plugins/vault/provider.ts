import { compare } from "../support/diff.ts";
import { NotInStandIn } from "../support/errors.ts";
import type { StandInProvider } from "../support/provider.ts";
import { type PropertyMap, revealMap } from "../support/values.ts";
import { appRole } from "./resources/app-role.ts";
import { audit } from "./resources/audit.ts";
import { authBackendRole } from "./resources/auth-backend-role.ts";
import { VaultClient } from "./client.ts";
import { parseConfig, unsupportedConfig } from "./config.ts";
import { FUNCTIONS, warnOfDeprecation } from "./functions.ts";
import { authBackend, authBackendConfig, mount } from "./resources/mounts.ts";
import { jwtAuthBackend, jwtAuthBackendRole } from "./resources/jwt.ts";
import { policy } from "./resources/policy.ts";
import { vaultResource, type VaultResource } from "./resource.ts";
import { secretV2 } from "./resources/secret-v2.ts";

/** The resources by token. */
export const RESOURCES: Readonly<Record<string, VaultResource>> = {
  "vault:kv/secretV2:SecretV2": secretV2,
  "vault:index/policy:Policy": policy,
  "vault:kubernetes/authBackendRole:AuthBackendRole": authBackendRole,
  "vault:index/audit:Audit": audit,
  "vault:index/mount:Mount": mount,
  "vault:index/authBackend:AuthBackend": authBackend,
  "vault:kubernetes/authBackendConfig:AuthBackendConfig": authBackendConfig,
  "vault:appRole/authBackendRole:AuthBackendRole": appRole,
  "vault:jwt/authBackend:AuthBackend": jwtAuthBackend,
  "vault:jwt/authBackendRole:AuthBackendRole": jwtAuthBackendRole,
};

/** The `vault` plugin on Vault's HTTP API. */
export function vaultProvider(): StandInProvider {
  let client: VaultClient | undefined;
  const connected = (): VaultClient => {
    if (client === undefined) throw new Error("vault: the provider is not configured");
    return client;
  };
  return {
    name: "vault",
    checkConfig: (inputs) => Promise.resolve({ inputs, failures: unsupportedConfig(inputs) }),
    // No setting makes new resources of old ones: the same Vault may have moved, or have a new token.
    diffConfig: (olds, news) => Promise.resolve(compare(olds, news, fieldsOf(olds, news))),
    configure: (config) => {
      client = new VaultClient(parseConfig(config));
      return Promise.resolve();
    },
    resource: (type) => {
      const resource = RESOURCES[type];
      if (resource === undefined) throw new NotInStandIn("vault", `Resource type ${type}`);
      return vaultResource(resource, connected);
    },
    invoke: async ({ token, args, signal, log }) => {
      const call = FUNCTIONS[token];
      if (call === undefined) throw new NotInStandIn("vault", `Function ${token}`);
      warnOfDeprecation(token, log);
      const plain = revealMap(args);
      const namespace = typeof plain["namespace"] === "string" ? plain["namespace"] : undefined;
      return call(connected(), plain, { namespace, signal });
    },
  };
}

function fieldsOf(olds: PropertyMap, news: PropertyMap): Record<string, object> {
  const names = new Set([...Object.keys(olds), ...Object.keys(news)]);
  names.delete("version");
  return Object.fromEntries([...names].map((name) => [name, {}]));
}
