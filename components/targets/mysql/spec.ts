import type { TargetBase } from "../kind.ts";

/** A MySQL or MariaDB server, as the deployer reaches it. */
export interface MysqlSpec extends TargetBase {
  readonly kind: "mysql";
  /** Name or address, without a port. */
  readonly host: string;
  readonly port: number;
  /** Account that sets the passwords of others; its own is configured, or that of a secret. */
  readonly administrator: string;
  /** The part of the accounts' names behind `@`: where their clients are. */
  readonly accountHost: string;
  /** `verify`: TLS, with a certificate of this host; `off`: in clear. */
  readonly tls: "verify" | "off";
  /** Certificate authorities of the server, in PEM. Default: those that the machine trusts. */
  readonly caBundle?: string;
}
