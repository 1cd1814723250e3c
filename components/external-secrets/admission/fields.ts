/** What the operator calls a provider that a store of ours may be of. */
export type Provider = keyof typeof storeFields;

/** What a field of a store holds: anything at all, a reference, or fields. */
export type Shape = "any" | Reference | Fields;

/** Fields of an object by their names. */
export interface Fields {
  readonly [field: string]: Shape;
}

/** What names something else in the cluster: a key of a Secret, a service account, or a certificate authority. */
export type Reference = keyof typeof referenceFields;

/** Fields of each kind of reference. */
export const referenceFields = {
  secret: ["name", "key", "namespace"],
  account: ["name", "audiences", "namespace"],
  authority: ["type", "name", "key", "namespace"],
} as const;

const keys = {
  accessKeyIDSecretRef: "secret",
  secretAccessKeySecretRef: "secret",
  sessionTokenSecretRef: "secret",
} as const;

/**
 * Every field that a store may have. What is not listed is refused: fields by which the operator would use an identity of
 * its own or could be made to, and those that a later version of the CRD adds, until somebody has looked at them.
 * External-secrets 2.9.0 and 0.20.4, read on 2026-11-28. Left out on purpose:
 *
 * - `azurekv.identityId`: an identity of the node. `customCloudConfig`: a login server of the tenant's choice.
 * - `gcpsm.auth.workloadIdentityFederation.credConfig`, `awsSecurityCredentials`, `externalTokenEndpoint`: they make the
 *   operator read files and ask addresses (`workload_identity_federation.go`).
 * - `vault.auth.iam`, also with references: it puts what it logs in with into the environment of the operator's whole
 *   process (`auth_iam.go`), where it becomes that of every store without credentials, and of a login under way.
 * - `vault.auth.gcp`, also with references: it does the same with a variable that the login does not read, and logs in with
 *   the Pod's own credentials (`auth_gcp.go`).
 * - `vault.headers`: with them a metadata server answers.
 */
export const storeFields = {
  aws: {
    service: "any",
    region: "any",
    role: "any",
    additionalRoles: "any",
    externalID: "any",
    prefix: "any",
    secretsManager: { forceDeleteWithoutRecovery: "any", recoveryWindowInDays: "any" },
    sessionTags: "any",
    sessionTagsPolicy: "any",
    customSessionTags: "any",
    transitiveTagKeys: "any",
    auth: { jwt: { serviceAccountRef: "account" }, secretRef: keys },
  },
  azurekv: {
    authType: "any",
    environmentType: "any",
    tenantId: "any",
    useAzureSDK: "any",
    vaultUrl: "any",
    serviceAccountRef: "account",
    authSecretRef: { clientId: "secret", clientSecret: "secret", clientCertificate: "secret", tenantId: "secret" },
  },
  gcpsm: {
    location: "any",
    projectID: "any",
    secretVersionSelectionPolicy: "any",
    auth: {
      secretRef: { secretAccessKeySecretRef: "secret" },
      workloadIdentity: {
        clusterLocation: "any",
        clusterName: "any",
        clusterProjectID: "any",
        serviceAccountRef: "account",
      },
      workloadIdentityFederation: { audience: "any", gcpServiceAccountEmail: "any", serviceAccountRef: "account" },
    },
  },
  vault: {
    server: "any",
    path: "any",
    version: "any",
    namespace: "any",
    caBundle: "any",
    caProvider: "authority",
    checkAndSet: { required: "any" },
    forwardInconsistent: "any",
    readYourWrites: "any",
    tls: { certSecretRef: "secret", keySecretRef: "secret" },
    auth: {
      namespace: "any",
      appRole: { path: "any", roleId: "any", roleRef: "secret", secretRef: "secret" },
      cert: { path: "any", vaultRole: "any", clientCert: "secret", secretRef: "secret" },
      jwt: {
        path: "any",
        role: "any",
        secretRef: "secret",
        kubernetesServiceAccountToken: { audiences: "any", expirationSeconds: "any", serviceAccountRef: "account" },
      },
      kubernetes: { mountPath: "any", role: "any", secretRef: "secret", serviceAccountRef: "account" },
      ldap: { path: "any", username: "any", secretRef: "secret" },
      tokenSecretRef: "secret",
      userPass: { path: "any", username: "any", secretRef: "secret" },
    },
  },
} as const satisfies Readonly<Record<string, Fields>>;

/** One object within a store, and the fields that it may have. */
export interface FieldList {
  /** Where it is, below `spec.provider`. */
  readonly path: string;
  readonly fields: readonly string[];
}

/** Every object within a store of a provider, the store itself and references included. */
export function fieldLists(provider: Provider): readonly FieldList[] {
  return listsAt(provider, storeFields[provider]);
}

function listsAt(path: string, shape: Shape): readonly FieldList[] {
  if (shape === "any") return [];
  if (typeof shape === "string") return [{ path, fields: referenceFields[shape] }];
  return [
    { path, fields: Object.keys(shape) },
    ...Object.entries(shape).flatMap(([field, each]) => listsAt(`${path}.${field}`, each)),
  ];
}

/** Where a store of a provider may refer to something, and to what. */
export function referencesIn(provider: Provider): readonly { readonly path: string; readonly to: Reference }[] {
  return referencesAt(provider, storeFields[provider]);
}

function referencesAt(path: string, shape: Shape): readonly { readonly path: string; readonly to: Reference }[] {
  if (shape === "any") return [];
  if (typeof shape === "string") return [{ path, to: shape }];
  return Object.entries(shape).flatMap(([field, each]) => referencesAt(`${path}.${field}`, each));
}

/** A path below `spec.provider`, as an optional of CEL. */
export function optional(path: string): string {
  return `object.spec.provider.?${path.split(".").join(".?")}`;
}

/** That a reference is there, and names all of what it refers to. In CEL. */
export function isComplete(path: string, to: Reference): string {
  const needed = to === "secret" ? ["name", "key"] : ["name"];
  return needed.map((field) => `${optional(path)}.?${field}.orValue('') != ''`).join(" && ");
}

/** A list of texts in CEL. */
export function listOf(texts: readonly string[]): string {
  return `[${texts.map((each) => `'${each}'`).join(", ")}]`;
}
