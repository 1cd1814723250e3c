import { isJsonMap, type JsonMap, type PropertyMap, type Value, textOf } from "../support/values.ts";
import type { VaultClient } from "./client.ts";
import { pathOf } from "./secret-v2.ts";
import type { CallContext } from "./resource.ts";
import { goJson, stringMap } from "./strings.ts";

/** A function of the plugin: reads, and changes nothing. */
export type VaultFunction = (client: VaultClient, args: PropertyMap, context: CallContext) => Promise<PropertyMap>;

/** The functions by token. */
export const FUNCTIONS: Readonly<Record<string, VaultFunction>> = {
  "vault:kv/getSecretV2:getSecretV2": getSecretV2,
  "vault:kv/getSecretsListV2:getSecretsListV2": getSecretsListV2,
  "vault:kv/getSecretSubkeysV2:getSecretSubkeysV2": getSecretSubkeysV2,
};

/** hashicorp/terraform-provider-vault, vault/data_source_kv_secret_v2.go */
async function getSecretV2(client: VaultClient, args: PropertyMap, context: CallContext): Promise<PropertyMap> {
  const path = pathOf(args, "data");
  const query = versionQuery(args["version"]);
  const answer = await client.read(`${path}${query}`, context);
  const data = answer?.["data"];
  if (!isJsonMap(data)) throw new Error(`no secret found at "${path}${query}"`);
  const metadata = mapOf(answer?.["metadata"]);
  return {
    ...args,
    id: `${path}${query}`,
    path,
    data: stringMap(data),
    dataJson: goJson(data),
    createdTime: textOf(metadata["created_time"]),
    deletionTime: textOf(metadata["deletion_time"]),
    destroyed: metadata["destroyed"] === true,
    customMetadata: stringMap(mapOf(metadata["custom_metadata"])),
  };
}

/**
 * hashicorp/terraform-provider-vault, vault/data_source_kv_secrets_list_v2.go and kv_helpers.go: nothing below the path
 * is an error there, not an empty list.
 */
async function getSecretsListV2(client: VaultClient, args: PropertyMap, context: CallContext): Promise<PropertyMap> {
  const path = pathOf(args, "metadata");
  const answer = await client.list(path, context);
  if (answer === undefined) throw new Error(`no secrets found at "${path}"`);
  const keys = answer["keys"];
  if (!Array.isArray(keys)) throw new Error("no keys present in response from Vault");
  return { ...args, id: path, path, names: keys.map(String) };
}

/** hashicorp/terraform-provider-vault, vault/data_source_kv_subkeys_v2.go */
async function getSecretSubkeysV2(client: VaultClient, args: PropertyMap, context: CallContext): Promise<PropertyMap> {
  const path = pathOf(args, "subkeys");
  const query = new URLSearchParams();
  if (args["version"] !== undefined) query.set("version", textOf(args["version"]));
  if (args["depth"] !== undefined) query.set("depth", textOf(args["depth"]));
  const answer = await client.read(query.size === 0 ? path : `${path}?${query.toString()}`, context);
  const subkeys = answer?.["subkeys"];
  if (!isJsonMap(subkeys)) throw new Error(`no secret found at "${path}"`);
  return { ...args, id: path, path, dataJson: goJson(subkeys), data: stringMap(subkeys) };
}

function versionQuery(version: Value | undefined): string {
  return typeof version === "number" && version > 0 ? `?version=${version}` : "";
}

function mapOf(value: JsonMap[string]): JsonMap {
  return isJsonMap(value) ? value : {};
}
