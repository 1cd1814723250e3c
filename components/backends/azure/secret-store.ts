import { loginReference, type LoginPlace, type StoreProvider } from "../../external-secrets/manifests.ts";
import { azureClouds, vaultUrl, type AzureKeyVaultSpec } from "./key-vault.ts";
import type { AzureLogin } from "./identity-rules.ts";

/**
 * Azure Key Vault, for the External Secrets Operator. With a service account, its annotations name the identity and the
 * tenant; the operator refuses a store that names the tenant a second time, and adds Azure's audience by itself.
 */
export function azureProvider(spec: AzureKeyVaultSpec, login: AzureLogin, place?: LoginPlace): StoreProvider {
  const vault = { vaultUrl: vaultUrl(spec), environmentType: azureClouds[spec.vaultSuffix].operator };
  if (login.kind === "service-account") {
    const serviceAccountRef = loginReference({ name: login.serviceAccount }, place);
    // The type is written out: the default is a service principal with a password.
    return { azurekv: { authType: "WorkloadIdentity", ...vault, serviceAccountRef } };
  }
  const reference = (key: string) => loginReference({ name: login.secretName, key }, place);
  return {
    azurekv: {
      authType: "ServicePrincipal",
      ...vault,
      tenantId: spec.tenantId,
      authSecretRef: { clientId: reference("clientId"), clientSecret: reference("clientSecret") },
    },
  };
}
