import { isJsonMap, type JsonMap, type PropertyMap, textOf } from "../support/values.ts";
import type { AzureClient } from "./client.ts";
import { AzureError } from "./errors.ts";
import type { AzureResource } from "./resource.ts";
import { secretResource } from "./resources/secret.ts";
import { vault } from "./resources/vault.ts";

/** A function of the plugin: reads, and changes nothing. */
export type AzureFunction = (client: AzureClient, args: PropertyMap, signal: AbortSignal) => Promise<PropertyMap>;

const MANAGEMENT = "https://management.azure.com";

/** The functions by token. */
export const FUNCTIONS: Readonly<Record<string, AzureFunction>> = {
  "azure-native:authorization:getClientConfig": getClientConfig,
  "azure-native:authorization:getClientToken": async (client, args, signal) => ({
    token: await client.token(textOf(args["endpoint"], MANAGEMENT), signal),
  }),
  "azure-native:keyvault:getVault": (client, args, signal) => read(vault, client, args, signal),
  "azure-native:keyvault:getSecret": (client, args, signal) => read(secretResource, client, args, signal),
};

// pulumi-azure-native, provider/pkg/provider/auth_getclientconfig.go: the object ID is in the token.
async function getClientConfig(client: AzureClient, _args: PropertyMap, signal: AbortSignal): Promise<PropertyMap> {
  const { clientId, subscriptionId, tenantId } = client.config;
  const [, payload = ""] = (await client.token(MANAGEMENT, signal)).split(".");
  const claims = JSON.parse(Buffer.from(payload, "base64url").toString("utf8")) as JsonMap;
  if (!isJsonMap(claims) || typeof claims["oid"] !== "string") throw new Error("the access token names no object ID");
  return { clientId, objectId: claims["oid"], subscriptionId, tenantId };
}

async function read(
  resource: AzureResource,
  client: AzureClient,
  args: PropertyMap,
  signal: AbortSignal,
): Promise<PropertyMap> {
  const id = resource.idOf(args, client.config.subscriptionId);
  const answer = await client.get(id, resource.apiVersion, signal);
  if (answer === undefined) {
    const notFound = { status: 404, statusText: "Not Found", headers: {}, body: { error: { code: "NotFound" } } };
    throw new AzureError(
      `request failed ${id}: Status=404 Code="NotFound" Message="The resource was not found."`,
      notFound,
    );
  }
  return { ...resource.outputsOf(answer), id: textOf(answer["id"], id), azureApiVersion: resource.apiVersion };
}
