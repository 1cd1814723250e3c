import type { ErrorHook } from "@pulumi/pulumi";
import { asFix, explainHook } from "../../support/explain-hook.ts";
import { removeCommand, setCommand } from "../../support/messages/config-command.ts";

/**
 * Explains what to do about a resource that exists and is not in the state: left behind by a lost state, or created by
 * another stack. Pulumi's provider refuses to create it, and its error contains the id.
 *
 * @param name Unique within the stack.
 */
export function existingHook(name: string, store: string): ErrorHook {
  return explainHook(`explain-existing-${name}`, ({ type, error }) => asFix(existingAdvice(type, error, store)));
}

/** Advice for such an error; `undefined` for any other. */
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
