import type { KnownError } from "../known-error.ts";

/**
 * What Azure says when a reader is refused, and what it means.
 * https://learn.microsoft.com/entra/identity-platform/reference-error-codes
 */
export const azureKnownErrors: readonly KnownError[] = [
  {
    pattern: /AADSTS700211/,
    fix: "the identity trusts another issuer: set clusters.<name>.issuer to the field issuer of `kubectl get --raw /.well-known/openid-configuration`, character by character (a slash at the end counts)",
  },
  {
    pattern: /AADSTS70021\b|AADSTS70021[23]/,
    fix: "the identity's trust was changed by hand, or is too new: `pulumi up --refresh` puts it back (it takes up to a minute to count)",
  },
  {
    pattern: /AADSTS700016|AADSTS90002/,
    fix: "Azure does not know the identity or the tenant: compare stores.<name>.tenantId with `az account show --query tenantId`; `pulumi up --refresh` makes a deleted identity again",
  },
  {
    pattern: /AADSTS50166|AADSTS700027|AADSTS7000272/,
    fix: "Azure can't reach the cluster's issuer, or finds other keys there: its /.well-known/openid-configuration and keys must be public (docs/identity/azure.md#issuer)",
  },
  {
    pattern: /missing clientID: either serviceAccountRef or service account annotation/,
    fix: "the service account lost its annotations: `pulumi up --refresh` puts them back",
  },
  {
    pattern: /ForbiddenByRbac|DeniedWithNoValidRBAC|not authorized to perform action on resource/i,
    fix: "the reader's role assignment does not count yet, which takes up to ten minutes, or is gone: wait and run `pulumi up` again; `pulumi up --refresh` puts it back",
  },
  {
    pattern:
      /ForbiddenByFirewall|ForbiddenByConnection|Client address is not authorized|Public network access is disabled/i,
    fix: "the vault's firewall refuses the cluster: name its addresses or subnet in stores.<name>.create.allowedAddresses or allowedSubnets, or let its owner do so",
  },
  {
    pattern: /SecretDisabled|not allowed on a disabled secret/i,
    fix: "the secret was disabled by hand: az keyvault secret set-attributes --vault-name <vault> --name <name> --enabled true",
  },
];
