import { AzureRefusal } from "../answers.ts";
import { type ArmAnswer, type ArmCall, type ArmType, badRequest, part } from "./types.ts";
import type { DiagnosticSetting } from "../state.ts";
import { objectOf } from "../vault/bodies.ts";

const TYPE = "Microsoft.Insights/diagnosticSettings";
const SINKS = ["workspaceId", "storageAccountId", "eventHubAuthorizationRuleId", "marketplacePartnerId"] as const;
/** https://learn.microsoft.com/azure/key-vault/general/logging */
const LOGS: Readonly<Record<string, readonly string[]>> = {
  category: ["AuditEvent", "AzurePolicyEvaluationDetails"],
  categoryGroup: ["audit", "allLogs"],
};

/** Diagnostic settings of vaults, kept but logging nothing: https://learn.microsoft.com/rest/api/monitor/diagnostic-settings */
export const DIAGNOSTICS: readonly ArmType[] = [
  {
    name: TYPE,
    pattern: /^(?<resource>\/.+)\/providers\/Microsoft\.Insights\/diagnosticSettings\/(?<setting>[^/]+)$/i,
    methods: { GET: get, PUT: put, DELETE: remove },
  },
];

function get(call: ArmCall): ArmAnswer {
  const found = call.store.state.diagnosticSettings[call.path.toLowerCase()];
  if (found === undefined) {
    throw new AzureRefusal(404, "ResourceNotFound", `The diagnostic setting '${part(call, "setting")}' doesn't exist.`);
  }
  return { status: 200, body: settingOf(found) };
}

function put(call: ArmCall): ArmAnswer {
  const resource = part(call, "resource");
  const isVault = Object.values(call.store.state.vaults).some(({ id }) => id.toLowerCase() === resource.toLowerCase());
  if (!isVault) throw new AzureRefusal(404, "ResourceNotFound", `The Resource '${resource}' was not found.`);
  const properties = objectOf(objectOf(call.body, "The request body")["properties"], "The property 'properties'");
  if (!SINKS.some((sink) => typeof properties[sink] === "string")) {
    throw badRequest("At least one data sink needs to be specified.");
  }
  checkLogs(properties["logs"]);
  const made: DiagnosticSetting = { id: call.path, name: part(call, "setting"), properties };
  call.store.state.diagnosticSettings[call.path.toLowerCase()] = made;
  return { status: 200, body: settingOf(made) };
}

function remove(call: ArmCall): ArmAnswer {
  const { diagnosticSettings } = call.store.state;
  const found = diagnosticSettings[call.path.toLowerCase()];
  delete diagnosticSettings[call.path.toLowerCase()];
  return { status: found === undefined ? 204 : 200 };
}

function checkLogs(logs: unknown): void {
  for (const log of Array.isArray(logs) ? (logs as unknown[]) : []) {
    const fields = objectOf(log, "An entry of 'logs'");
    for (const [field, known] of Object.entries(LOGS)) {
      const value = fields[field];
      if (value === undefined || value === null) continue;
      if (typeof value !== "string" || !known.includes(value)) {
        throw badRequest(
          `Category '${JSON.stringify(value)}' is not supported, supported ones are: ${known.join(", ")}.`,
        );
      }
    }
  }
}

function settingOf({ id, name, properties }: DiagnosticSetting): object {
  return { id, name, type: TYPE, properties };
}
