import { ROLES } from "./directory.ts";
import type { RoleAssignment } from "./state.ts";

/** What can be done to secrets on the data plane. */
export const ACTIONS = {
  get: "Microsoft.KeyVault/vaults/secrets/getSecret/action",
  set: "Microsoft.KeyVault/vaults/secrets/setSecret/action",
  readMetadata: "Microsoft.KeyVault/vaults/secrets/readMetadata/action",
  update: "Microsoft.KeyVault/vaults/secrets/update/action",
  delete: "Microsoft.KeyVault/vaults/secrets/delete",
  recover: "Microsoft.KeyVault/vaults/secrets/recover/action",
  purge: "Microsoft.KeyVault/vaults/secrets/purge/action",
} as const;

/** The name of an action. */
export type Action = (typeof ACTIONS)[keyof typeof ACTIONS];

/** The data actions of each role: https://learn.microsoft.com/azure/role-based-access-control/built-in-roles/security */
const GRANTED: Readonly<Record<string, readonly Action[]>> = {
  [ROLES.secretsUser]: [ACTIONS.get, ACTIONS.readMetadata],
  [ROLES.secretsOfficer]: Object.values(ACTIONS),
};

/** Whether the fake knows a role. */
export function knownRole(roleDefinitionId: string): boolean {
  return roleOf(roleDefinitionId) in GRANTED;
}

/**
 * Whether a principal may do something to a resource: by an assignment at its own scope, or at one above it, as everywhere in
 * Azure. An assignment that was made a moment ago may not count yet.
 */
export function isAllowed(
  assignments: Iterable<RoleAssignment>,
  request: {
    readonly principalId: string;
    readonly action: Action;
    readonly resource: string;
    readonly now: number;
  },
): boolean {
  const resource = request.resource.toLowerCase();
  for (const { scope, properties, effectiveAt } of assignments) {
    const above = scope.toLowerCase();
    if (properties.principalId !== request.principalId || effectiveAt > request.now) continue;
    if (resource !== above && !resource.startsWith(`${above}/`)) continue;
    if (GRANTED[roleOf(properties.roleDefinitionId)]?.includes(request.action)) return true;
  }
  return false;
}

/** The GUID of a role, from its full ID or by itself. */
export function roleOf(roleDefinitionId: string): string {
  return (roleDefinitionId.split("/").at(-1) ?? "").toLowerCase();
}
