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
    pattern: /invalid audience/i,
    link: "identity",
    fix: "the Vault role's audience and the store's auth.audience differ: set stores.<name>.auth.audience to what the role expects",
  },
  {
    pattern: /service account name not authorized|namespace not authorized/i,
    link: "identity",
    fix: "the Vault role is bound to another service account or namespace: run `pulumi up --refresh`, which restores the role",
  },
  {
    pattern: /role .*could not be found|invalid role name/i,
    link: "identity",
    fix: "the Vault role does not exist at auth.mountPath: run `pulumi up --refresh`, which creates it again",
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
