import type { JsonMap, PropertyMap } from "../../support/values.ts";
import { envelopeOf, picked, propertiesOf, segmentOf, text } from "./parts.ts";
import type { AzureResource } from "../resource.ts";

const TRUE = true as const;
const ASSIGNMENTS = "/providers/Microsoft.Authorization/roleAssignments/";
const SETTINGS = "/providers/Microsoft.Insights/diagnosticSettings/";
const ASSIGNMENT_PROPERTIES = [
  "condition",
  "conditionVersion",
  "delegatedManagedIdentityResourceId",
  "description",
  "principalId",
  "principalType",
  "roleDefinitionId",
];
const SETTING_PROPERTIES = [
  "eventHubAuthorizationRuleId",
  "eventHubName",
  "logAnalyticsDestinationType",
  "logs",
  "marketplacePartnerId",
  "metrics",
  "serviceBusRuleId",
  "storageAccountId",
  "workspaceId",
];

/**
 * azure-native:authorization:RoleAssignment. Another principal or scope makes a new one (pulumi-azure-native, provider/pkg/gen,
 * forceNewMap); another role is tried in place, which Azure refuses.
 */
export const roleAssignment: AzureResource = {
  apiVersion: "2022-04-01",
  shape: { ...allOf(ASSIGNMENT_PROPERTIES), roleAssignmentName: TRUE, scope: TRUE },
  required: ["principalId", "roleDefinitionId", "scope"],
  forceNew: ["roleAssignmentName", "scope", "principalId"],
  autoname: { field: "roleAssignmentName", kind: "uuid" },
  computed: ["name", "type"],
  idOf: (inputs) => `${rooted(inputs["scope"])}${ASSIGNMENTS}${text(inputs["roleAssignmentName"])}`,
  pathInputs: (id) => ({ scope: before(id, ASSIGNMENTS), roleAssignmentName: segmentOf(id, "roleAssignments") }),
  bodyOf: (inputs) => ({ properties: picked(inputs, ASSIGNMENT_PROPERTIES) }),
  outputsOf: flattened,
};

/** azure-native:monitor:DiagnosticSetting. */
export const diagnosticSetting: AzureResource = {
  apiVersion: "2021-05-01-preview",
  shape: { ...allOf(SETTING_PROPERTIES), name: TRUE, resourceUri: TRUE },
  required: ["resourceUri"],
  forceNew: ["name", "resourceUri"],
  autoname: { field: "name", kind: "copy" },
  computed: ["type"],
  idOf: (inputs) => `${rooted(inputs["resourceUri"])}${SETTINGS}${text(inputs["name"])}`,
  pathInputs: (id) => ({ resourceUri: before(id, SETTINGS), name: segmentOf(id, "diagnosticSettings") }),
  bodyOf: (inputs) => ({ properties: picked(inputs, SETTING_PROPERTIES) }),
  outputsOf: flattened,
};

function rooted(scope: PropertyMap[string]): string {
  return `/${text(scope).replace(/^\/+|\/+$/g, "")}`;
}

function before(id: string, marker: string): string {
  const index = id.toLowerCase().lastIndexOf(marker.toLowerCase());
  if (index < 0) throw new Error(`the resource ID "${id}" has no ${marker}`);
  return id.slice(0, index);
}

function allOf(names: readonly string[]): Record<string, true> {
  return Object.fromEntries(names.map((name) => [name, TRUE]));
}

function flattened(answer: JsonMap): PropertyMap {
  return { ...envelopeOf(answer), ...(propertiesOf(answer) as PropertyMap) };
}
