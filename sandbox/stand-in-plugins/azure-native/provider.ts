import { NotInStandIn } from "../support/errors.ts";
import type { StandInProvider } from "../support/provider.ts";
import { revealMap } from "../support/values.ts";
import { AzureClient, type ClientOptions } from "./client.ts";
import { parseConfig, unsupportedConfig } from "./config.ts";
import { FUNCTIONS } from "./functions.ts";
import { federatedIdentityCredential, userAssignedIdentity } from "./resources/identity.ts";
import { azureResource, type AzureResource } from "./resource.ts";
import { diagnosticSetting, roleAssignment } from "./resources/scoped.ts";
import { secretResource } from "./resources/secret.ts";
import { vault } from "./resources/vault.ts";

/** The resources by token. */
export const RESOURCES: Readonly<Record<string, AzureResource>> = {
  "azure-native:keyvault:Vault": vault,
  "azure-native:keyvault:Secret": secretResource,
  "azure-native:managedidentity:UserAssignedIdentity": userAssignedIdentity,
  "azure-native:managedidentity:FederatedIdentityCredential": federatedIdentityCredential,
  "azure-native:authorization:RoleAssignment": roleAssignment,
  "azure-native:monitor:DiagnosticSetting": diagnosticSetting,
};

/** The `azure-native` plugin on Azure's HTTP APIs, through the proxy that the environment names. */
export function azureNativeProvider(options: ClientOptions = { environment: process.env }): StandInProvider {
  let client: AzureClient | undefined;
  const connected = (): AzureClient => {
    if (client === undefined) throw new Error("azure-native: the provider is not configured");
    return client;
  };
  return {
    name: "azure-native",
    checkConfig: (inputs) => Promise.resolve({ inputs, failures: unsupportedConfig(inputs) }),
    // As the official one answers: no setting makes new resources of old ones.
    diffConfig: () => Promise.resolve({ detailed: {} }),
    configure: (config) => {
      client?.close();
      client = new AzureClient(parseConfig(config, options.environment), options);
      return Promise.resolve();
    },
    resource: (type) => {
      const resource = RESOURCES[type];
      if (resource === undefined) throw new NotInStandIn("azure-native", `Resource type ${type}`);
      return azureResource(resource, connected);
    },
    invoke: async ({ token, args, signal }) => {
      const call = FUNCTIONS[token];
      if (call === undefined) throw new NotInStandIn("azure-native", `Function ${token}`);
      return call(connected(), revealMap(args), signal);
    },
  };
}
