/** A Redis or Valkey server with users (ACL), as the deployer reaches it. */
export interface RedisSpec {
  readonly kind: "redis";
  /** Name among the environment's facts. */
  readonly name: string;
  /** Name or address, without a port. */
  readonly host: string;
  readonly port: number;
  /** Further servers with the same users, at the same port: users are not replicated. */
  readonly replicas: readonly string[];
  /** User that sets the passwords of others; its own is configured under `targetPasswords`. */
  readonly administrator: string;
  /** `verify`: TLS, with a certificate of this host; `off`: in clear. */
  readonly tls: "verify" | "off";
  /** Certificate authorities of the server, in PEM. Default: those that the machine trusts. */
  readonly caBundle?: string;
}
