import type { KnownError } from "../known-error.ts";

/**
 * Errors of Azure when access is refused, each with its fix.
 * https://learn.microsoft.com/entra/identity-platform/reference-error-codes
 */
export const azureKnownErrors: readonly KnownError[] = [
  {
    pattern: /AADSTS700211/,
    link: "identity",
    fix: "the identity trusts another issuer: set clusters.<name>.issuer to the field issuer of `kubectl get --raw /.well-known/openid-configuration`, character by character (a slash at the end counts)",
  },
  {
    pattern: /AADSTS70021\b|AADSTS70021[23]/,
    link: "identity",
    fix: "the identity's federated credential was changed outside this program, or is new: `pulumi up --refresh` restores it (it takes up to a minute to take effect)",
  },
  {
    pattern: /AADSTS700016|AADSTS90002/,
    link: "identity",
    fix: "Azure does not know the identity or the tenant: compare stores.<name>.tenantId with `az account show --query tenantId`; `pulumi up --refresh` creates a deleted identity again",
  },
  {
    pattern: /AADSTS50166|AADSTS700027|AADSTS7000272/,
    link: "identity",
    fix: "Azure can't reach the cluster's issuer, or finds other keys there: its /.well-known/openid-configuration and keys must be public (docs/identity/azure.md#issuer)",
  },
  {
    pattern: /missing clientID: either serviceAccountRef or service account annotation/,
    link: "identity",
    fix: "the service account lost its annotations: `pulumi up --refresh` restores them",
  },
  {
    pattern: /ForbiddenByRbac|DeniedWithNoValidRBAC|not authorized to perform action on resource/i,
    link: "rights",
    fix: "the role assignment has not taken effect yet (up to ten minutes), or was deleted: wait and run `pulumi up` again; `pulumi up --refresh` restores it",
  },
  {
    pattern:
      /ForbiddenByFirewall|ForbiddenByConnection|Client address is not authorized|Public network access is disabled/i,
    link: "store",
    fix: "the vault's firewall refuses the cluster: list its addresses or subnet in stores.<name>.create.allowedAddresses or allowedSubnets, or ask the owner of the vault to allow them",
  },
  {
    pattern: /SecretDisabled|not allowed on a disabled secret/i,
    link: "object",
    fix: "the secret was disabled outside this program: az keyvault secret set-attributes --vault-name <vault> --name <name> --enabled true",
  },
];
