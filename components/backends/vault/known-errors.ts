import { throttled, unreachable, untrustedCertificate, type KnownError } from "../known-error.ts";

/**
 * Errors of Vault when access is refused, each with its fix. Their texts are generic (`permission denied`,
 * `unable to log in`), so throttling and a Vault that was not reached are matched before them.
 */
export const vaultKnownErrors: readonly KnownError[] = [
  throttled,
  // A login that did not reach Vault is called a login that failed as well.
  untrustedCertificate,
  unreachable,
  {
    pattern: /no known key successfully validated the token signature|failed to verify signature/i,
    link: "identity",
    fix: "Vault does not have the key that the cluster signs tokens with: set stores.<name>.auth.methods.<cluster>.keys to those of `kubectl get --raw /openid/v1/jwks` (docs/stores/vault-kv.md#keys-of-a-cluster)",
  },
  {
    pattern: /invalid issuer \(iss\) claim/i,
    link: "identity",
    fix: "the cluster's tokens name another issuer: set stores.<name>.auth.methods.<cluster>.issuer to that of `kubectl get --raw /.well-known/openid-configuration`",
  },
  {
    pattern: /invalid audience|aud claim does not match/i,
    link: "identity",
    fix: "the Vault role's audience and the store's auth.audience differ: set stores.<name>.auth.audience to what the role expects",
  },
  {
    pattern: /service account name not authorized|namespace not authorized|sub claim does not match/i,
    link: "identity",
    fix: "the Vault role is bound to another service account or namespace: run `pulumi up --refresh`, which restores the role",
  },
  {
    pattern: /role .*could not be found|invalid role name/i,
    link: "identity",
    fix: "the Vault role does not exist at auth.mountPath: run `pulumi up --refresh`, which creates it again",
  },
  {
    pattern: /invalid role or secret ID|invalid secret id/i,
    link: "identity",
    fix: "the secret id has expired, was used up, or belongs to another role: put a new one into the Secret of auth.secretId (docs/stores/vault-kv.md#approle)",
  },
  {
    pattern: /secrets "[^"]+" not found/i,
    link: "identity",
    fix: "the Secret with the secret id of its AppRole is missing (auth.secretId): docs/stores/vault-kv.md#approle",
  },
  {
    pattern: /unable to log in|auth\/\S+\/login/i,
    link: "identity",
    fix: "Vault refused the login: compare `vault read auth/<mountPath>/role/<role>` with the SecretStore's service account",
  },
  {
    pattern: /permission denied|\bCode: 403/i,
    link: "rights",
    fix: "the policy of its Vault role does not name this path: run `pulumi up --refresh`, which restores the policy",
  },
];
