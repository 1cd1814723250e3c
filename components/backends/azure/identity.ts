import { all, output } from "@pulumi/pulumi";
import { RoleAssignment } from "@pulumi/azure-native/authorization/roleAssignment.js";
import { FederatedIdentityCredential } from "@pulumi/azure-native/managedidentity/federatedIdentityCredential.js";
import { UserAssignedIdentity } from "@pulumi/azure-native/managedidentity/userAssignedIdentity.js";
import { existingHook } from "./existing.ts";
import { isAzureGrant, type AzureReadGrant } from "./grant.ts";
import type { AzureKeyVaultSpec } from "./key-vault.ts";
import { azureRoles, roleDefinitionId } from "./roles.ts";
import { azureIdentityName, readerName, roleAssignmentName } from "../../support/naming.ts";
import { allGrants, type Identity, type IdentityArgs, type StaticLogin } from "../identity.ts";
import { tokenExchangeAudience, type AzureLogin } from "./identity-rules.ts";

/**
 * Lets one service account of one namespace read exactly the secrets granted: an identity of its own, which trusts the
 * account's tokens from the cluster's issuer, with a role assignment on each secret.
 */
export function azureIdentity(
  name: string,
  args: IdentityArgs<AzureKeyVaultSpec>,
): Identity<Exclude<AzureLogin, StaticLogin>> {
  const { store, cluster, scope } = args;
  if (cluster.issuer === undefined) throw new Error(`${name}: cluster ${cluster.name} has no issuer`);
  const grants = allGrants(args).filter(isAzureGrant).map(exact);
  const options = { ...args.options, hooks: { onError: [existingHook(name, store.name)] } };
  const identity = new UserAssignedIdentity(
    `${name}/identity`,
    {
      resourceName: azureIdentityName(scope),
      resourceGroupName: store.identityResourceGroup,
      location: store.location,
      tags: { ...store.tags },
    },
    options,
  );
  const trust = new FederatedIdentityCredential(
    `${name}/trust`,
    {
      federatedIdentityCredentialResourceName: readerName,
      resourceName: identity.name,
      resourceGroupName: store.identityResourceGroup,
      // Compared character by character with the token's: a slash too many is another issuer (AADSTS700211).
      issuer: cluster.issuer,
      subject: `system:serviceaccount:${scope.namespace}:${readerName}`,
      audiences: [tokenExchangeAudience],
    },
    options,
  );
  const assignments = grants.map(
    (grant) =>
      new RoleAssignment(
        `${name}/${grant.name}`,
        {
          roleAssignmentName: all([output(grant.scope), identity.principalId]).apply(([on, principal]) =>
            roleAssignmentName(on, principal, azureRoles.secretsUser),
          ),
          scope: grant.scope,
          principalId: identity.principalId,
          // Without it Azure looks the new identity up in the directory, where it may not have arrived.
          principalType: "ServicePrincipal",
          roleDefinitionId: roleDefinitionId(store.subscriptionId, "secretsUser"),
        },
        options,
      ),
  );
  return {
    login: {
      kind: "service-account",
      serviceAccount: readerName,
      annotations: {
        "azure.workload.identity/client-id": identity.clientId,
        "azure.workload.identity/tenant-id": store.tenantId,
      },
      clientId: identity.clientId,
      tenantId: store.tenantId,
    },
    dependsOn: [identity, trust, ...assignments],
  };
}

/** A scope above a secret would be a right to all that lies below it. */
function exact(grant: AzureReadGrant): AzureReadGrant {
  const scope = output(grant.scope).apply((each) => {
    if (/\/vaults\/[0-9A-Za-z-]+\/secrets\/[0-9A-Za-z-]+$/i.test(each)) return each;
    throw new Error(`a role assignment must name exactly one secret, and its scope is "${each}"`);
  });
  return { ...grant, scope };
}
