import { isComplete, optional, type Provider } from "./fields.ts";

/** How a store of a provider may log in: as its namespace, never as the operator. */
export interface Login {
  /** In CEL. Holds for a store of the provider with all that one way needs, and nothing of another. */
  readonly expression: string;
  /** The ways, for whoever is refused. */
  readonly ways: string;
}

/**
 * Ways to log in with what the tenant names. The operator falls back on its own identity wherever it finds nothing
 * (external-secrets 2.9.0: `auth.go` of each provider), so each way is written as what must be there.
 */
export const logins: { readonly [P in Provider]: Login } = {
  aws: {
    expression: both(
      isOneOf("aws.auth"),
      either(
        account("aws.auth.jwt.serviceAccountRef"),
        both(secret("aws.auth.secretRef.accessKeyIDSecretRef"), secret("aws.auth.secretRef.secretAccessKeySecretRef")),
      ),
    ),
    ways: "auth.jwt.serviceAccountRef, or auth.secretRef with accessKeyIDSecretRef and secretAccessKeySecretRef",
  },
  azurekv: {
    // The type decides, whatever else is there: with ManagedIdentity the operator looks at no reference.
    expression: either(
      both(`${optional("azurekv.authType")}.orValue('') == 'WorkloadIdentity'`, account("azurekv.serviceAccountRef")),
      both(
        `${optional("azurekv.authType")}.orValue('ServicePrincipal') == 'ServicePrincipal'`,
        secret("azurekv.authSecretRef.clientId"),
        either(secret("azurekv.authSecretRef.clientSecret"), secret("azurekv.authSecretRef.clientCertificate")),
      ),
    ),
    ways: "authType WorkloadIdentity with serviceAccountRef, or ServicePrincipal with authSecretRef.clientId and clientSecret or clientCertificate",
  },
  gcpsm: {
    expression: both(
      isOneOf("gcpsm.auth"),
      either(
        secret("gcpsm.auth.secretRef.secretAccessKeySecretRef"),
        account("gcpsm.auth.workloadIdentity.serviceAccountRef"),
        account("gcpsm.auth.workloadIdentityFederation.serviceAccountRef"),
      ),
    ),
    ways: "one of auth.workloadIdentity.serviceAccountRef, auth.workloadIdentityFederation.serviceAccountRef and auth.secretRef.secretAccessKeySecretRef",
  },
  vault: {
    expression: both(
      // The namespace of Vault to log in at is no way to do so.
      `${optional("vault.auth")}.orValue({}).filter(each, each != 'namespace').size() == 1`,
      either(
        secret("vault.auth.tokenSecretRef"),
        account("vault.auth.kubernetes.serviceAccountRef"),
        secret("vault.auth.kubernetes.secretRef"),
        both(
          secret("vault.auth.appRole.secretRef"),
          either(text("vault.auth.appRole.roleId"), secret("vault.auth.appRole.roleRef")),
        ),
        both(secret("vault.auth.cert.clientCert"), secret("vault.auth.cert.secretRef")),
        account("vault.auth.jwt.kubernetesServiceAccountToken.serviceAccountRef"),
        secret("vault.auth.jwt.secretRef"),
        secret("vault.auth.ldap.secretRef"),
        secret("vault.auth.userPass.secretRef"),
      ),
    ),
    ways: "one of auth.kubernetes, jwt, appRole, cert, ldap, userPass and tokenSecretRef, with all of its references",
  },
};

function isOneOf(path: string): string {
  return `${optional(path)}.orValue({}).size() == 1`;
}

function secret(path: string): string {
  return isComplete(path, "secret");
}

function account(path: string): string {
  return isComplete(path, "account");
}

function text(path: string): string {
  return `${optional(path)}.orValue('') != ''`;
}

function both(...terms: readonly string[]): string {
  return terms.join(" && ");
}

function either(...terms: readonly string[]): string {
  return `(${terms.map((each) => `(${each})`).join(" || ")})`;
}
