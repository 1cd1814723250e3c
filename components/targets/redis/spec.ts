import type { TargetBase } from "../kind.ts";

/** A Redis or Valkey server with users (ACL), as the deployer reaches it. */
export interface RedisSpec extends TargetBase {
  readonly kind: "redis";
  /** Name or address, without a port. */
  readonly host: string;
  readonly port: number;
  /** Further servers with the same users, at the same port: users are not replicated. */
  readonly replicas: readonly string[];
  /** User that sets the passwords of others; its own is configured, or that of a secret. */
  readonly administrator: string;
  /** `verify`: TLS, with a certificate of this host; `off`: in clear. */
  readonly tls: "verify" | "off";
  /** Certificate authorities of the server, in PEM. Default: those that the machine trusts. */
  readonly caBundle?: string;
}
