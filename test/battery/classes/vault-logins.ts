import { accepted, at, canary, refused, type CaseClass, type Input, type Tree } from "../case.ts";

const publicKey = `-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEp+4p/ptYFs5YM68Tu51HwxyoyHs6
k2NEyM6toTbRz0fovqx6/zqZ//KBVJ5EX+ZMyHOr9k8xdr53DSIPI6uADA==
-----END PUBLIC KEY-----
`;

/** How readers log in to Vault: with a namespace for the login that its tokens could not read the secrets from, and the like. */
export const vaultLogins: CaseClass = {
  title: "logins to Vault",
  cases: [
    ...refused({
      "a login below the secrets": vault({ namespace: "admin", auth: { namespace: "admin/ml" } }),
      "a login beside the secrets": vault({ namespace: "admin/ml", auth: { namespace: "admin/other" } }),
      "a login in a namespace whose name begins like that of the secrets": vault({
        namespace: "admin-ml",
        auth: { namespace: "admin" },
      }),
      "a login in a namespace, and secrets in none": vault({ auth: { namespace: "admin" } }),
      "a login in a namespace of Vault's own": vault({ namespace: "admin", auth: { namespace: "admin/sys" } }),
      "a login in a namespace below one called root": vault({ namespace: "root/a", auth: { namespace: "root" } }),
      "a login in a path that no namespace has": vault({ namespace: "admin", auth: { namespace: "/admin/" } }),
      "a login in a list of namespaces": vault({ namespace: "admin", auth: { namespace: ["root", "admin"] } }),
      "a type of login that there is none of": vault({ auth: { type: "ldap" } }),
      "a type of login in capitals": vault({ auth: { type: "JWT" } }),
      "a type of login of a cluster that does not exist": vault({ auth: { types: { mian: "jwt" } } }),
      "a type of login for each cluster, as a text": vault({ auth: { types: "jwt" } }),
      "a cluster's address where Vault verifies tokens": jwt({ host: "https://api.example:6443" }),
      "a reviewer where Vault verifies tokens": jwt({ keys: [publicKey], reviewer: "vault-pod" }),
      "keys where Vault asks the cluster": vault({ auth: { methods: { main: { keys: [publicKey] } } } }),
      "neither keys nor where they are": jwt({}),
      "keys and where they are": jwt({ keys: [publicKey], discoveryUrl: "https://oidc.example" }),
      "no keys": jwt({ keys: [] }),
      "a key as a text": jwt({ keys: publicKey }),
      "a key that is cut off": jwt({ keys: [publicKey.slice(0, 90)] }),
      "a key that is a value": jwt({ keys: [canary] }),
      "a key as JSON": jwt({ keys: [{ kty: "EC", crv: "P-256" }] }),
      "a private key": jwt({ keys: [`-----BEGIN PRIVATE KEY-----\n${canary}\n-----END PRIVATE KEY-----\n`] }),
      "keys at an address without TLS": jwt({ discoveryUrl: "http://oidc.example" }),
      "an issuer that is no address": jwt({ keys: [publicKey], issuer: "oidc.example" }),
      "certificates beside keys": jwt({ keys: [publicKey], caCert: "-----BEGIN CERTIFICATE-----\nMIIB\n" }),
      "a secret id where policy forbids those": vault({
        auth: { type: "approle", secretId: { name: "vault-approle" } },
      }),
      "an AppRole without its Secret": vault({ auth: { type: "approle" } }),
      "a secret id in clear": vault({ auth: { type: "approle", secretId: canary } }),
      "a secret id as the name of a Secret": vault({ auth: { type: "approle", secretId: { name: `${canary}_` } } }),
      "a secret id in a key with a space": vault({
        auth: { type: "approle", secretId: { name: "a", key: "secret id" } },
      }),
      "a secret id of nobody": vault({ auth: { secretId: { name: "vault-approle" } } }),
      "a login in an empty namespace": vault({ namespace: "admin", auth: { namespace: "" } }),
    }),
    ...accepted({
      "tokens that Vault verifies with keys": jwt({ keys: [publicKey], issuer: "https://issuer.example/main" }),
      "tokens that Vault verifies with keys that it finds": jwt({ discoveryUrl: "https://oidc.example/id/main" }),
      "a method of tokens that others made": vault({ auth: { type: "jwt", mountPath: "edge/jwt" } }),
      "tokens that Vault verifies for one cluster": vault({ auth: { types: { main: "jwt" } } }),
      "a secret id in a Secret": (input) => {
        allowStaticCredentials(input);
        vault({ auth: { type: "approle", secretId: { name: "vault-approle" } } })(input);
      },
      "a login above the secrets": vault({ namespace: "admin/ml/team", auth: { namespace: "admin" } }),
      "a login in the root namespace": vault({ namespace: "admin/ml", auth: { namespace: "root" } }),
      "a login where the secrets are": vault({ namespace: "admin", auth: { namespace: "admin" } }),
      "a login in the root namespace, where the secrets are": vault({ auth: { namespace: "root" } }),
    }),
  ],
};

/** An auth method of the type JWT, made here. */
function jwt(method: Tree): (input: Input) => void {
  return vault({ auth: { type: "jwt", methods: { main: method } } });
}

function allowStaticCredentials({ policies }: Input): void {
  Object.assign(at(policies, "test"), { allowStaticCredentials: true });
}

/** Changes facts of the Vault. */
function vault(changes: Tree): (input: Input) => void {
  return ({ facts }) => void Object.assign(at(facts, "stores", "vault"), changes);
}
