/** The fake Azure's one tenant, with its one subscription and the service principal that deploys. None exists anywhere else. */
export const AZURE_SANDBOX = {
  tenantId: "00000000-0000-4000-8000-0000000000a1",
  subscriptionId: "00000000-0000-4000-8000-0000000000a2",
  deployer: {
    clientId: "00000000-0000-4000-8000-0000000000a3",
    objectId: "00000000-0000-4000-8000-0000000000a4",
    /** A password of the sandbox only: whoever can reach the gateway on loopback may know it. */
    clientSecret: "sandbox-deployer-secret",
  },
  location: "westeurope",
  /** Exists from the start, as a landing zone would. */
  resourceGroup: "sandbox-secrets",
  /** From where the sandbox's clients appear to call, for the firewall of a vault: an address for documentation (RFC 5737). */
  clientAddress: "203.0.113.10",
} as const;

/** Built-in roles: https://learn.microsoft.com/azure/role-based-access-control/built-in-roles/security */
export const ROLES = {
  secretsUser: "4633458b-17de-408a-b874-0445c86b69e6",
  secretsOfficer: "b86a8fe4-44ce-4948-aee5-eccb2c155cd7",
} as const;

/** The authority's host. */
export const LOGIN_HOST = "login.microsoftonline.com";

/** The host of Azure Resource Manager. */
export const MANAGEMENT_HOST = "management.azure.com";

/** What a vault's host ends with. */
export const VAULT_SUFFIX = ".vault.azure.net";

/** The audience of tokens for vaults. */
export const VAULT_RESOURCE = "https://vault.azure.net";

/** The audience of tokens for Azure Resource Manager. */
export const MANAGEMENT_RESOURCE = "https://management.azure.com";
