import type { ErrorHook } from "@pulumi/pulumi";
import { asFix, explainHook } from "../../support/explain-hook.ts";
import { removeCommand, setCommand } from "../../support/config-command.ts";

/**
 * Says what to do about a resource that exists although the state does not know it: what a lost state leaves behind, or
 * another stack's. Pulumi's provider refuses to create it and names its id.
 *
 * @param name Unique within the stack.
 */
export function existingHook(name: string, store: string): ErrorHook {
  return explainHook(`explain-existing-${name}`, ({ type, error }) => asFix(existingAdvice(type, error, store)));
}

/** What to do about such a refusal; `undefined` for any other. */
export function existingAdvice(type: string, error: string, store: string): string | undefined {
  if (!/cannot create already existing|RoleAssignmentExists/.test(error)) return undefined;
  const id = /['"](\/subscriptions\/[^'"]+)['"]/.exec(error)?.[1] ?? "<id>";
  switch (type) {
    case "azure-native:keyvault:Vault":
      return `use the existing vault, which keeps its secrets: ${removeCommand(["stores", store, "create"])}`;
    case "azure-native:managedidentity:UserAssignedIdentity":
      return `if no other stack created it, remove it; it contains nothing: az identity delete --ids ${id}`;
    case "azure-native:authorization:RoleAssignment":
      return `if another stack created it, the role is already assigned: ${setCommand(["stores", store, "grantDeployer"], false)}; after a lost state, remove it: az role assignment delete --ids ${id}`;
    case "azure-native:monitor:DiagnosticSetting": {
      const [vault, setting = "<name>"] = id.split(/\/providers\/microsoft\.insights\/diagnosticSettings\//i);
      const remove = `az monitor diagnostic-settings delete --name ${setting} --resource ${vault}`;
      return `Azure kept it for a vault of this name. Remove it, and the next run creates it again: ${remove}`;
    }
    default:
      return `if no other stack created it, remove it: az resource delete --ids ${id}`;
  }
}
