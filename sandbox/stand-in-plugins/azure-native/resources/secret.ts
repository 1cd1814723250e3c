import { setTimeout as sleep } from "node:timers/promises";
import { isJsonMap, type JsonMap, type PropertyMap, toJsonMap } from "../../support/values.ts";
import type { AzureClient } from "../client.ts";
import { AzureError } from "../errors.ts";
import { envelopeOf, groupId, picked, propertiesOf, segmentOf, text } from "./parts.ts";
import type { AzureResource } from "../resource.ts";

const TRUE = true as const;
/** Resource Manager's own names of what the SDK calls otherwise. */
const ATTRIBUTES = { expires: "exp", notBefore: "nbf" } as const;
const RECOVERY_POLL_MS = 100;
const RECOVERY_POLLS = 300;

/**
 * azure-native:keyvault:Secret (pulumi-azure-native, provider/pkg/resources/customresources/custom_keyvault.go): written by Resource
 * Manager, which never answers a value; deleted by the vault itself, since Resource Manager cannot. So whoever destroys needs a
 * right on the vault's secrets. A name that is soft-deleted is recovered before it is written (#4450, #4759).
 */
export const secretResource: AzureResource = {
  apiVersion: "2024-11-01",
  shape: {
    resourceGroupName: TRUE,
    vaultName: TRUE,
    secretName: TRUE,
    tags: TRUE,
    properties: { value: TRUE, contentType: TRUE, attributes: { enabled: TRUE, expires: TRUE, notBefore: TRUE } },
  },
  required: ["resourceGroupName", "vaultName", "properties"],
  forceNew: ["resourceGroupName", "vaultName", "secretName"],
  autoname: { field: "secretName", kind: "copy" },
  computed: ["name", "type", "location", "properties.secretUri", "properties.secretUriWithVersion"],
  idOf: (inputs, subscriptionId) =>
    groupId(
      subscriptionId,
      inputs["resourceGroupName"],
      `Microsoft.KeyVault/vaults/${text(inputs["vaultName"])}/secrets/${text(inputs["secretName"])}`,
    ),
  pathInputs: (id) => ({
    resourceGroupName: segmentOf(id, "resourceGroups"),
    vaultName: segmentOf(id, "vaults"),
    secretName: segmentOf(id, "secrets"),
  }),
  bodyOf: (inputs) => ({ ...picked(inputs, ["tags"]), properties: requestOf(inputs["properties"]) }),
  outputsOf: secretOutputs,
  prepare: recover,
  remove: async (client, inputs, signal) => {
    await client.vault("DELETE", text(inputs["vaultName"]), `secrets/${text(inputs["secretName"])}`, signal);
  },
};

/** The outputs of a secret, for the function too. There is no value among them. */
export function secretOutputs(answer: JsonMap): PropertyMap {
  const { attributes, ...rest } = propertiesOf(answer);
  const { exp, nbf, ...others } = isJsonMap(attributes) ? attributes : {};
  const renamed = {
    ...others,
    ...(exp === undefined ? {} : { expires: exp }),
    ...(nbf === undefined ? {} : { notBefore: nbf }),
  };
  return { ...envelopeOf(answer), properties: { ...rest, attributes: renamed } };
}

function requestOf(properties: PropertyMap[string]): JsonMap {
  const { attributes, ...rest } = toJsonMap(properties as PropertyMap);
  if (!isJsonMap(attributes)) return rest;
  const { expires, notBefore, ...others } = attributes;
  return {
    ...rest,
    attributes: {
      ...others,
      ...(expires === undefined ? {} : { [ATTRIBUTES.expires]: expires }),
      ...(notBefore === undefined ? {} : { [ATTRIBUTES.notBefore]: notBefore }),
    },
  };
}

async function recover(client: AzureClient, inputs: PropertyMap, signal: AbortSignal): Promise<void> {
  const [vault, name] = [text(inputs["vaultName"]), text(inputs["secretName"])];
  if (!(await isDeleted(client, vault, name, signal))) return;
  await client.vault("POST", vault, `deletedsecrets/${name}/recover`, signal);
  for (let poll = 0; poll < RECOVERY_POLLS; poll++) {
    if ((await client.vault("GET", vault, `secrets/${name}`, signal)) !== undefined) return;
    await sleep(RECOVERY_POLL_MS, undefined, { signal });
  }
  throw new Error(`the secret ${name} of the vault ${vault} is being recovered for too long; try again later`);
}

// Who may not look at deleted secrets may still write new ones: Resource Manager will say if the name is taken.
async function isDeleted(client: AzureClient, vault: string, name: string, signal: AbortSignal): Promise<boolean> {
  try {
    return (await client.vault("GET", vault, `deletedsecrets/${name}`, signal)) !== undefined;
  } catch (error) {
    if (error instanceof AzureError && error.status === 403) return false;
    throw error;
  }
}
