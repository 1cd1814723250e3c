/**
 * Stores that a tenant could write, by what they do: those that log in as the tenant, and those that would log in as
 * the operator, or could. Each of the latter breaks one thing of one of the former. Every one of them is valid for the
 * operator's CRD, so that only the admission policy stands before it.
 */

/** `spec.provider` of a store. */
type Provider = Readonly<Record<string, object>>;

const secret = { name: "mine", key: "key" };
const account = { name: "mine" };
const elsewhere = { namespace: "other" };

const aws = (changes: object): Provider => ({
  aws: { service: "SecretsManager", region: "eu-central-1", ...changes },
});
const keys = { accessKeyIDSecretRef: secret, secretAccessKeySecretRef: secret };
const azurekv = (changes: object): Provider => ({
  azurekv: { vaultUrl: "https://mine.vault.azure.net", tenantId: "mine", ...changes },
});
const principal = { clientId: secret, clientSecret: secret };
const gcpsm = (auth: object | undefined, changes: object = {}): Provider => ({
  gcpsm: { projectID: "mine", ...(auth === undefined ? {} : { auth }), ...changes },
});
const audience = "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/mine/providers/mine";
const federation = (changes: object) => gcpsm({ workloadIdentityFederation: { audience, ...changes } });
const vault = (auth: object | undefined, changes: object = {}): Provider => ({
  vault: {
    server: "https://vault.tenant.example",
    path: "secret",
    version: "v2",
    ...(auth === undefined ? {} : { auth }),
    ...changes,
  },
});
const kubernetes = { mountPath: "kubernetes", role: "mine" };

const ways = {
  aws: "auth.jwt.serviceAccountRef, or auth.secretRef with accessKeyIDSecretRef and secretAccessKeySecretRef",
  azurekv:
    "authType WorkloadIdentity with serviceAccountRef, or ServicePrincipal with authSecretRef.clientId and clientSecret or clientCertificate",
  gcpsm:
    "one of auth.workloadIdentity.serviceAccountRef, auth.workloadIdentityFederation.serviceAccountRef and auth.secretRef.secretAccessKeySecretRef",
  vault: "one of auth.kubernetes, jwt, appRole, cert, ldap, userPass and tokenSecretRef, with all of its references",
};
const mustLogIn = (provider: keyof typeof ways) =>
  `a store on ${provider} must log in with credentials of its namespace's own, since otherwise it would be the operator itself: ${ways[provider]}`;
const mayNotHave = (field: string) =>
  `a store may not have ${field}: only fields are allowed that are known to use nothing of the operator itself`;
const incomplete =
  "a reference of this store is incomplete: one to a Secret needs its name and a key, any other its name";

/** Stores with credentials of the tenant's own. */
export const ownStores: Readonly<Record<string, Provider>> = {
  "aws: a service account": aws({ auth: { jwt: { serviceAccountRef: account } } }),
  "aws: a service account that takes on a role": aws({
    auth: { jwt: { serviceAccountRef: account } },
    role: "arn:aws:iam::111122223333:role/tenant",
    additionalRoles: ["arn:aws:iam::111122223333:role/first"],
    externalID: "mine",
    sessionTags: [{ key: "team", value: "mine" }],
    transitiveTagKeys: ["team"],
  }),
  "aws: an access key": aws({ auth: { secretRef: keys } }),
  "aws: a session": aws({ auth: { secretRef: { ...keys, sessionTokenSecretRef: secret } } }),
  "azurekv: a service account": azurekv({ authType: "WorkloadIdentity", serviceAccountRef: account }),
  "azurekv: a service account, its identity in a Secret": azurekv({
    authType: "WorkloadIdentity",
    serviceAccountRef: account,
    authSecretRef: { clientId: secret, tenantId: secret },
  }),
  "azurekv: a password, by default": azurekv({ authSecretRef: principal }),
  "azurekv: a password": azurekv({ authType: "ServicePrincipal", authSecretRef: principal }),
  "azurekv: a certificate": azurekv({ authSecretRef: { clientId: secret, clientCertificate: secret } }),
  "gcpsm: a key": gcpsm({ secretRef: { secretAccessKeySecretRef: secret } }),
  "gcpsm: a service account of GKE": gcpsm({
    workloadIdentity: {
      clusterProjectID: "mine",
      clusterLocation: "europe-west3",
      clusterName: "main",
      serviceAccountRef: account,
    },
  }),
  "gcpsm: a service account of a pool": federation({ serviceAccountRef: { name: "mine", audiences: [audience] } }),
  "vault: a service account": vault({ kubernetes: { ...kubernetes, serviceAccountRef: account } }),
  "vault: a token of a service account in a Secret": vault({ kubernetes: { ...kubernetes, secretRef: secret } }),
  "vault: a token": vault({ tokenSecretRef: secret }),
  "vault: an AppRole": vault({ appRole: { path: "approle", roleId: "mine", secretRef: secret } }),
  "vault: an AppRole whose id is in a Secret": vault({
    appRole: { path: "approle", roleRef: secret, secretRef: secret },
  }),
  "vault: a certificate": vault({ cert: { clientCert: secret, secretRef: secret } }),
  "vault: a JWT": vault({ jwt: { path: "jwt", role: "mine", secretRef: secret } }),
  "vault: a JWT of a service account": vault({
    jwt: {
      path: "jwt",
      role: "mine",
      kubernetesServiceAccountToken: { serviceAccountRef: account, audiences: ["vault"], expirationSeconds: 600 },
    },
  }),
  "vault: LDAP": vault({ ldap: { path: "ldap", username: "mine", secretRef: secret } }),
  "vault: a user": vault({ userPass: { path: "userpass", username: "mine", secretRef: secret } }),
  "vault: all else that a server may need": vault(
    { namespace: "admin", tokenSecretRef: secret },
    {
      namespace: "admin/mine",
      caProvider: { type: "ConfigMap", name: "ca", key: "ca.crt" },
      tls: { certSecretRef: secret, keySecretRef: secret },
      readYourWrites: true,
      forwardInconsistent: true,
    },
  ),
};

/** Stores that use, or could use, what is the operator's, or another namespace's: with what is said. */
export const borrowedStores: Readonly<Record<string, readonly [Provider, string]>> = {
  "aws: nothing": [aws({}), mustLogIn("aws")],
  "aws: an empty auth": [aws({ auth: {} }), mustLogIn("aws")],
  "aws: only a role": [aws({ role: "arn:aws:iam::111122223333:role/victim" }), mustLogIn("aws")],
  "aws: an empty jwt": [aws({ auth: { jwt: {} } }), mustLogIn("aws")],
  "aws: an empty jwt beside an access key": [aws({ auth: { jwt: {}, secretRef: keys } }), mustLogIn("aws")],
  "aws: an empty secretRef": [aws({ auth: { secretRef: {} } }), mustLogIn("aws")],
  "aws: half an access key": [aws({ auth: { secretRef: { accessKeyIDSecretRef: secret } } }), mustLogIn("aws")],
  "aws: an access key that is named by halves": [
    aws({ auth: { secretRef: { ...keys, secretAccessKeySecretRef: { name: "mine" } } } }),
    mustLogIn("aws"),
  ],
  "aws: a session that is named by halves": [
    aws({ auth: { secretRef: { ...keys, sessionTokenSecretRef: { key: "key" } } } }),
    incomplete,
  ],
  "azurekv: nothing": [azurekv({}), mustLogIn("azurekv")],
  "azurekv: the node's identity": [azurekv({ authType: "ManagedIdentity" }), mustLogIn("azurekv")],
  "azurekv: the node's identity beside an account": [
    azurekv({ authType: "ManagedIdentity", serviceAccountRef: account }),
    mustLogIn("azurekv"),
  ],
  "azurekv: the node's identity beside a password": [
    azurekv({ authType: "ManagedIdentity", authSecretRef: principal }),
    mustLogIn("azurekv"),
  ],
  "azurekv: an identity of the node": [
    azurekv({ authType: "WorkloadIdentity", serviceAccountRef: account, identityId: "victim" }),
    mayNotHave("azurekv.identityId"),
  ],
  "azurekv: a cloud of the tenant's own": [
    azurekv({
      authType: "WorkloadIdentity",
      serviceAccountRef: account,
      customCloudConfig: { activeDirectoryEndpoint: "https://tenant.example" },
    }),
    mayNotHave("azurekv.customCloudConfig"),
  ],
  "azurekv: no account, with authSecretRef": [
    azurekv({ authType: "WorkloadIdentity", authSecretRef: principal }),
    mustLogIn("azurekv"),
  ],
  "azurekv: a service account, and a password by default": [
    azurekv({ serviceAccountRef: account }),
    mustLogIn("azurekv"),
  ],
  "azurekv: an empty authSecretRef": [azurekv({ authSecretRef: {} }), mustLogIn("azurekv")],
  "azurekv: a client without a password": [azurekv({ authSecretRef: { clientId: secret } }), mustLogIn("azurekv")],
  "azurekv: a password without a client": [azurekv({ authSecretRef: { clientSecret: secret } }), mustLogIn("azurekv")],
  "azurekv: a tenant in no Secret": [
    azurekv({
      authType: "WorkloadIdentity",
      serviceAccountRef: account,
      authSecretRef: { clientId: secret, tenantId: {} },
    }),
    incomplete,
  ],
  "azurekv: a password in no Secret": [
    azurekv({ authSecretRef: { clientId: secret, clientSecret: { key: "key" } } }),
    mustLogIn("azurekv"),
  ],
  "gcpsm: nothing": [gcpsm(undefined), mustLogIn("gcpsm")],
  "gcpsm: an empty auth": [gcpsm({}), mustLogIn("gcpsm")],
  "gcpsm: an empty secretRef": [gcpsm({ secretRef: {} }), mustLogIn("gcpsm")],
  "gcpsm: a key in no Secret": [gcpsm({ secretRef: { secretAccessKeySecretRef: {} } }), mustLogIn("gcpsm")],
  "gcpsm: two ways": [
    gcpsm({
      secretRef: { secretAccessKeySecretRef: secret },
      workloadIdentity: { serviceAccountRef: account },
    }),
    mustLogIn("gcpsm"),
  ],
  "gcpsm: an empty federation": [gcpsm({ workloadIdentityFederation: {} }), mustLogIn("gcpsm")],
  "gcpsm: a federation that a ConfigMap describes": [
    federation({ credConfig: { name: "mine", key: "key" } }),
    mayNotHave("gcpsm.auth.workloadIdentityFederation.credConfig"),
  ],
  "gcpsm: the same beside an account": [
    federation({ serviceAccountRef: account, credConfig: { name: "mine", key: "key" } }),
    mayNotHave("gcpsm.auth.workloadIdentityFederation.credConfig"),
  ],
  "gcpsm: a federation with keys of AWS": [
    federation({ awsSecurityCredentials: { region: "eu-central-1", awsCredentialsSecretRef: account } }),
    mayNotHave("gcpsm.auth.workloadIdentityFederation.awsSecurityCredentials"),
  ],
  "gcpsm: a federation that asks an address": [
    federation({ serviceAccountRef: account, externalTokenEndpoint: "http://169.254.169.254/" }),
    mayNotHave("gcpsm.auth.workloadIdentityFederation.externalTokenEndpoint"),
  ],
  "vault: nothing": [vault(undefined), mustLogIn("vault")],
  "vault: an empty auth": [vault({}), mustLogIn("vault")],
  "vault: a namespace only": [vault({ namespace: "admin" }), mustLogIn("vault")],
  "vault: a certificate of the connection only": [
    vault(undefined, { tls: { certSecretRef: secret, keySecretRef: secret } }),
    mustLogIn("vault"),
  ],
  "vault: the operator's own service account": [vault({ kubernetes }), mustLogIn("vault")],
  "vault: the same beside a token": [vault({ kubernetes, tokenSecretRef: secret }), mustLogIn("vault")],
  "vault: a token of a service account in no Secret": [
    vault({ kubernetes: { ...kubernetes, secretRef: {} } }),
    mustLogIn("vault"),
  ],
  "vault: two ways": [
    vault({ tokenSecretRef: secret, userPass: { path: "userpass", username: "mine", secretRef: secret } }),
    mustLogIn("vault"),
  ],
  "vault: the operator's identity on AWS": [vault({ iam: { vaultRole: "mine" } }), mayNotHave("vault.auth.iam")],
  "vault: an access key that every store would use": [
    vault({ iam: { vaultRole: "mine", secretRef: keys } }),
    mayNotHave("vault.auth.iam"),
  ],
  "vault: an account on AWS that every store would use": [
    vault({ iam: { vaultRole: "mine", jwt: { serviceAccountRef: account } } }),
    mayNotHave("vault.auth.iam"),
  ],
  "vault: an empty token": [vault({ tokenSecretRef: {} }), mustLogIn("vault")],
  "vault: an AppRole without an id": [vault({ appRole: { path: "approle", secretRef: secret } }), mustLogIn("vault")],
  "vault: an AppRole without a secret": [
    vault({ appRole: { path: "approle", roleId: "mine", secretRef: {} } }),
    mustLogIn("vault"),
  ],
  "vault: half a certificate": [vault({ cert: { clientCert: secret } }), mustLogIn("vault")],
  "vault: a JWT of nobody": [vault({ jwt: { path: "jwt", role: "mine" } }), mustLogIn("vault")],
  "vault: a user without a password": [vault({ userPass: { path: "userpass", username: "mine" } }), mustLogIn("vault")],
  "vault: LDAP without a password": [vault({ ldap: { path: "ldap", username: "mine" } }), mustLogIn("vault")],
  "vault: headers, by which a metadata server answers": [
    vault({ tokenSecretRef: secret }, { headers: { "Metadata-Flavor": "Google" } }),
    mayNotHave("vault.headers"),
  ],
  "vault: a socket in the operator's Pod": [
    vault({ tokenSecretRef: secret }, { server: "unix:///var/run/agent.sock" }),
    "the server of a store on vault must be an http or https address",
  ],
  "vault: a certificate of the connection by halves": [
    vault({ tokenSecretRef: secret }, { tls: { certSecretRef: {}, keySecretRef: secret } }),
    incomplete,
  ],
  "vault: an account of another namespace": [
    vault({ kubernetes: { ...kubernetes, serviceAccountRef: { ...account, ...elsewhere } } }),
    "a SecretStore may not use credentials of another namespace: leave `namespace` out of its references, they are then its own",
  ],
};

/** The same, with fields that the CRD got after 0.20.4, which is what the sandbox has. */
export const newlyBorrowedStores: Readonly<Record<string, readonly [Provider, string]>> = Object.fromEntries(
  Object.entries({
    "the operator's identity on Google": {},
    "the same, whatever account is named": { serviceAccountRef: account },
    "a key, which every store would use": { secretRef: { secretAccessKeySecretRef: secret } },
    "an account on GKE, which every store would use": { workloadIdentity: { serviceAccountRef: account } },
  }).map(([what, gcp]) => [`vault: ${what}`, [vault({ gcp: { role: "mine", ...gcp } }), mayNotHave("vault.auth.gcp")]]),
);
