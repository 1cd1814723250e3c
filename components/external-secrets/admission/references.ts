import type { Validation } from "./contract.ts";
import { optional, type Provider } from "./fields.ts";

/**
 * Where a store of each provider names a service account, a Secret or a ConfigMap, each with a field `namespace`: every
 * such path of the CRD (external-secrets 2.9.0 and 0.20.4, read on 2026-11-28), those of fields that are refused included.
 */
export const references = {
  aws: [
    "auth.jwt.serviceAccountRef",
    "auth.secretRef.accessKeyIDSecretRef",
    "auth.secretRef.secretAccessKeySecretRef",
    "auth.secretRef.sessionTokenSecretRef",
  ],
  azurekv: [
    "serviceAccountRef",
    "authSecretRef.clientId",
    "authSecretRef.clientSecret",
    "authSecretRef.clientCertificate",
    "authSecretRef.tenantId",
  ],
  gcpsm: [
    "auth.secretRef.secretAccessKeySecretRef",
    "auth.workloadIdentity.serviceAccountRef",
    "auth.workloadIdentityFederation.serviceAccountRef",
    "auth.workloadIdentityFederation.credConfig",
    "auth.workloadIdentityFederation.awsSecurityCredentials.awsCredentialsSecretRef",
  ],
  vault: [
    "auth.appRole.roleRef",
    "auth.appRole.secretRef",
    "auth.cert.clientCert",
    "auth.cert.secretRef",
    "auth.gcp.secretRef.secretAccessKeySecretRef",
    "auth.gcp.serviceAccountRef",
    "auth.gcp.workloadIdentity.serviceAccountRef",
    "auth.iam.jwt.serviceAccountRef",
    "auth.iam.secretRef.accessKeyIDSecretRef",
    "auth.iam.secretRef.secretAccessKeySecretRef",
    "auth.iam.secretRef.sessionTokenSecretRef",
    "auth.jwt.kubernetesServiceAccountToken.serviceAccountRef",
    "auth.jwt.secretRef",
    "auth.kubernetes.secretRef",
    "auth.kubernetes.serviceAccountRef",
    "auth.ldap.secretRef",
    "auth.tokenSecretRef",
    "auth.userPass.secretRef",
    "caProvider",
    "tls.certSecretRef",
    "tls.keySecretRef",
  ],
} as const satisfies { readonly [P in Provider]: readonly string[] };

/** The operator itself may read every Secret, and ask for tokens of accounts that other namespaces named. */
export function foreignReferences(provider: Provider): Validation {
  const elsewhere = references[provider].map((path) => `${optional(`${provider}.${path}`)}.?namespace.hasValue()`);
  return {
    expression: `object.kind != 'SecretStore' || !(${elsewhere.join(" || ")})`,
    message:
      "a SecretStore may not use credentials of another namespace: leave `namespace` out of its references, they are then its own",
    reason: "Forbidden",
  };
}
