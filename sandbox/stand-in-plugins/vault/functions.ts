import type { Log } from "../support/provider.ts";
import { isJsonMap, type JsonMap, type PropertyMap, type Value, textOf } from "../support/values.ts";
import { type VaultClient, VaultError } from "./client.ts";
import type { CallContext } from "./resource.ts";
import { pathOf } from "./resources/secret-v2.ts";
import { goJson, stringMap } from "./strings.ts";

/** A function of the plugin: reads, and changes nothing. */
export type VaultFunction = (client: VaultClient, args: PropertyMap, context: CallContext) => Promise<PropertyMap>;

/** The functions by token. */
export const FUNCTIONS: Readonly<Record<string, VaultFunction>> = {
  "vault:generic/getSecret:getSecret": getSecret,
  "vault:kv/getSecretV2:getSecretV2": getSecretV2,
  "vault:kv/getSecretsListV2:getSecretsListV2": getSecretsListV2,
  "vault:kv/getSecretSubkeysV2:getSecretSubkeysV2": getSecretSubkeysV2,
};

/** Functions that are deprecated as a whole, with the provider's message (vault/data_source_kv_secret_v2.go there). */
const DEPRECATED: Readonly<Record<string, string>> = {
  "vault:kv/getSecretV2:getSecretV2":
    "Deprecated. Please use new Ephemeral KVV2 Secret resource `vault_kv_secret_v2` instead",
};

/**
 * Warns of a deprecated function at each call, as the bridge does (pulumi-terraform-bridge, pkg/tfbridge/provider.go:
 * Invoke; hashicorp/terraform-plugin-sdk, helper/schema/resource.go: Validate).
 */
export function warnOfDeprecation(token: string, log: Log): void {
  const message = DEPRECATED[token];
  if (message !== undefined) log.warn(`${token} verification warning: Deprecated Resource: ${message}`);
}

/**
 * hashicorp/terraform-provider-vault, vault/data_source_generic_secret.go and kv_helpers.go: any path. In an engine of
 * version 2 `data/` is put behind its mount, and the answer is what is stored; of a version that was deleted it is the
 * envelope, with `data` and `metadata`. A refusal is no error of its own: nothing is found.
 */
async function getSecret(client: VaultClient, args: PropertyMap, context: CallContext): Promise<PropertyMap> {
  const path = textOf(args["path"]);
  const { mount, isVersion2 } = await mountOf(client, path, context);
  const name = path.startsWith(mount) ? path.slice(mount.length) : path;
  const url = isVersion2 ? `${mount}data/${name}${versionQuery(args["version"])}` : path;
  const answer = await unlessDenied(() => client.read(url, context));
  if (answer === undefined) throw new Error(`no secret found at "${path}"`);
  const held = isVersion2 && isJsonMap(answer["data"]) ? answer["data"] : answer;
  return {
    ...args,
    id: path,
    data: stringMap(held),
    dataJson: goJson(held),
    leaseDuration: 0,
    leaseId: "",
    leaseRenewable: false,
    leaseStartTime: new Date().toISOString(),
  };
}

/**
 * Where the engine of a path is mounted, with a slash at its end, and whether it is a KV engine of version 2. Where the
 * token may see none, Vault's own refusal is the error (kv_helpers.go: kvPreflightVersionRequest).
 */
async function mountOf(client: VaultClient, path: string, context: CallContext) {
  const mount = await client.read(`sys/internal/ui/mounts/${path}`, context);
  return { mount: textOf(mount?.["path"]), isVersion2: mapOf(mount?.["options"])["version"] === "2" };
}

async function unlessDenied<Found>(read: () => Promise<Found>): Promise<Found | undefined> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof VaultError && error.status === 403) return undefined;
    throw error;
  }
}

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
