import type { TargetBase } from "../kind.ts";

/** A PostgreSQL server, as the deployer reaches it. */
export interface PostgresqlSpec extends TargetBase {
  readonly kind: "postgresql";
  /** Name or address, without a port. */
  readonly host: string;
  readonly port: number;
  /** Database that is connected to. Roles belong to the server as a whole. */
  readonly database: string;
  /** Role that sets the passwords of others; its own is configured, or that of a secret. */
  readonly administrator: string;
  /** `verify`: TLS, with a certificate of this host; `off`: in clear. */
  readonly tls: "verify" | "off";
  /** Certificate authorities of the server, in PEM. Default: those that the machine trusts. */
  readonly caBundle?: string;
}
