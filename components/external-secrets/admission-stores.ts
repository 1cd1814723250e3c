import type { RemoteStoreKind } from "../stores/contract.ts";
import type { AdmissionSpec, Validation } from "./admission.ts";

/** What the operator calls the provider of each kind of store. A kind without its row does not compile. */
const providers: { readonly [K in RemoteStoreKind]: keyof typeof credentials } = {
  "aws-parameter-store": "aws",
  "aws-secrets-manager": "aws",
  "azure-key-vault": "azurekv",
  "gcp-secret-manager": "gcpsm",
  "vault-kv": "vault",
};

/**
 * Where a store of each provider names a service account, a Secret or a ConfigMap, each with a field `namespace`: every
 * such path of the CRD (external-secrets v0.20.4; those of later versions are added here).
 */
const credentials = {
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
} as const;

type Provider = keyof typeof credentials;

/** Rules for SecretStores and ClusterSecretStores. Pure. */
export function storeRules(spec: AdmissionSpec): Validation[] {
  const allowed = [...new Set(spec.stores.map((kind) => providers[kind]))].sort();
  return [
    {
      expression: `object.spec.provider.all(provider, provider in [${allowed.map((each) => `'${each}'`).join(", ")}])`,
      message: `this provider is not in use in the cluster: allowed are ${allowed.join(", ")}`,
      reason: "Forbidden",
    },
    ...allowed.flatMap((provider) => [foreignReferences(provider), ...ownIdentity(provider, spec)]),
    ...(spec.openClusterStores ? [] : [conditions]),
  ];
}

/** The operator itself may read every Secret, and ask for tokens of accounts that other namespaces named. */
function foreignReferences(provider: Provider): Validation {
  const elsewhere = credentials[provider].map((path) => `${optional(provider, path)}[?'namespace'].hasValue()`);
  return {
    expression: `object.kind != 'SecretStore' || !(${elsewhere.join(" || ")})`,
    message:
      "a SecretStore may not use credentials of another namespace: leave `namespace` out of its references, they are then its own",
    reason: "Forbidden",
  };
}

/** Keeps a namespace from what the operator's Pod may read itself: by its cloud role, or that of its node. */
function ownIdentity(provider: Provider, { operatorIdentity }: AdmissionSpec): readonly Validation[] {
  // Vault takes no request without credentials; with EKS Pod Identity the operator's own is what everybody reads with.
  if (provider === "vault" || (provider === "aws" && operatorIdentity)) return [];
  const own = identities[provider].map((path) => `${optional(provider, path)}.hasValue()`);
  return [
    {
      expression: `object.kind != 'SecretStore' || !has(object.spec.provider.${provider}) || ${own.join(" || ")}`,
      message:
        "a SecretStore without credentials of its own would read as the operator itself: name a service account of its namespace",
      reason: "Forbidden",
    },
  ];
}

const identities = {
  aws: ["auth.jwt.serviceAccountRef", "auth.secretRef"],
  azurekv: ["serviceAccountRef", "authSecretRef"],
  gcpsm: [
    "auth.secretRef",
    "auth.workloadIdentity.serviceAccountRef",
    "auth.workloadIdentityFederation.serviceAccountRef",
    "auth.workloadIdentityFederation.credConfig",
  ],
} as const;

function optional(provider: Provider, path: string): string {
  return `object.spec.provider.?${[provider, ...path.split(".")].join(".?")}`;
}

/** Any one condition lets a namespace in; an empty selector, or a pattern, may be all of them. */
const conditions: Validation = {
  expression:
    "object.kind != 'ClusterSecretStore' || (" +
    "object.spec.?conditions.orValue([]).size() > 0 && object.spec.conditions.all(each, " +
    "each.?namespaceRegexes.orValue([]).size() == 0 && " +
    "(each.?namespaces.orValue([]).size() > 0 || has(each.namespaceSelector)) && " +
    "(!has(each.namespaceSelector) || each.namespaceSelector.?matchLabels.orValue({}).size() > 0 || " +
    "each.namespaceSelector.?matchExpressions.orValue([]).size() > 0)))",
  message:
    "a ClusterSecretStore must say who may use it: each of its conditions lists namespaces, or selects them by labels, and none has a pattern",
  reason: "Forbidden",
};
