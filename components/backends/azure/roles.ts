/**
 * Built-in roles of Key Vault's data plane:
 * https://learn.microsoft.com/azure/role-based-access-control/built-in-roles/security
 */
export const azureRoles = {
  /** Reads the values of secrets, and nothing else. */
  secretsUser: "4633458b-17de-408a-b874-0445c86b69e6",
  /** Does everything to secrets. */
  secretsOfficer: "b86a8fe4-44ce-4948-aee5-eccb2c155cd7",
} as const;

/** Resource id of a built-in role, as a role assignment names it. */
export function roleDefinitionId(subscriptionId: string, role: keyof typeof azureRoles): string {
  return `/subscriptions/${subscriptionId}/providers/Microsoft.Authorization/roleDefinitions/${azureRoles[role]}`;
}
