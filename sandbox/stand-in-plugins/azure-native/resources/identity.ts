import { type JsonMap, type PropertyMap } from "../../support/values.ts";
import { envelopeOf, groupId, picked, propertiesOf, segmentOf, text } from "./parts.ts";
import type { AzureResource } from "../resource.ts";

const TRUE = true as const;
const API_VERSION = "2023-01-31";

/** azure-native:managedidentity:UserAssignedIdentity. */
export const userAssignedIdentity: AzureResource = {
  apiVersion: API_VERSION,
  shape: { resourceGroupName: TRUE, resourceName: TRUE, location: TRUE, tags: TRUE },
  required: ["resourceGroupName", "location"],
  forceNew: ["resourceGroupName", "resourceName", "location"],
  autoname: { field: "resourceName", kind: "random" },
  computed: ["name", "type", "clientId", "principalId", "tenantId"],
  idOf: (inputs, subscriptionId) => groupId(subscriptionId, inputs["resourceGroupName"], identityPath(inputs)),
  pathInputs: identityInputs,
  bodyOf: (inputs) => picked(inputs, ["location", "tags"]),
  outputsOf: flattened,
};

/** azure-native:managedidentity:FederatedIdentityCredential. Azure refuses two writes for one identity at the same time. */
export const federatedIdentityCredential: AzureResource = {
  apiVersion: API_VERSION,
  shape: {
    resourceGroupName: TRUE,
    resourceName: TRUE,
    federatedIdentityCredentialResourceName: TRUE,
    issuer: TRUE,
    subject: TRUE,
    audiences: TRUE,
  },
  required: ["resourceGroupName", "resourceName", "issuer", "subject", "audiences"],
  forceNew: ["resourceGroupName", "resourceName", "federatedIdentityCredentialResourceName"],
  autoname: { field: "federatedIdentityCredentialResourceName", kind: "copy" },
  computed: ["name", "type"],
  idOf: (inputs, subscriptionId) => {
    const name = text(inputs["federatedIdentityCredentialResourceName"]);
    const path = `${identityPath(inputs)}/federatedIdentityCredentials/${name}`;
    return groupId(subscriptionId, inputs["resourceGroupName"], path);
  },
  pathInputs: (id) => ({
    ...identityInputs(id),
    federatedIdentityCredentialResourceName: segmentOf(id, "federatedIdentityCredentials"),
  }),
  bodyOf: (inputs) => ({ properties: picked(inputs, ["issuer", "subject", "audiences"]) }),
  outputsOf: flattened,
};

function identityPath(inputs: PropertyMap): string {
  return `Microsoft.ManagedIdentity/userAssignedIdentities/${text(inputs["resourceName"])}`;
}

function identityInputs(id: string): PropertyMap {
  return {
    resourceGroupName: segmentOf(id, "resourceGroups"),
    resourceName: segmentOf(id, "userAssignedIdentities"),
  };
}

function flattened(answer: JsonMap): PropertyMap {
  return { ...envelopeOf(answer), ...(propertiesOf(answer) as PropertyMap) };
}
