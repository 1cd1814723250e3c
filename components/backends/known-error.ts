/**
 * A link of the chain between a value and its Secret, as far as the operator's words tell which one is broken: the store is
 * reached, a login trusted, a right given, an object there, requests are few enough, and the Secret can be written.
 */
export type ChainLink = "store" | "identity" | "rights" | "object" | "quota" | "secret";

/** A known failure of a reader or writer, matched by its error text. */
export interface KnownError {
  readonly pattern: RegExp;
  /** The link that is broken. */
  readonly link: ChainLink;
  /** What to do about it. */
  readonly fix: string;
}

/** Too many requests, for every store. */
export const throttled: KnownError = {
  pattern: /Throttl|TooManyRequests|Rate exceeded|RESOURCE_EXHAUSTED|ResourceExhausted|\b429\b/i,
  link: "quota",
  fix: "the store received too many requests, and the operator retries. If this happens often, raise refreshSeconds or the store's quota (docs/planner.md)",
};

/** The store's certificate is not trusted, for every store. */
export const untrustedCertificate: KnownError = {
  pattern: /x509:|tls: failed to verify|certificate has expired/i,
  link: "store",
  fix: "the operator does not trust the store's certificate: name the one that signed it, as stores.<name>.caBundle (Vault) or clusters.<name>.externalSecrets.caBundle; renew one that has expired",
};

/** The store does not answer, for every store. */
export const unreachable: KnownError = {
  pattern: /connection refused|no such host|timeout|deadline exceeded/i,
  link: "store",
  fix: "the operator can't reach the store: check the address (clusterAddress), network policies and the store's health",
};
