/** A Grafana, as the deployer reaches it. */
export interface GrafanaSpec {
  readonly kind: "grafana";
  /** Name among the environment's facts. */
  readonly name: string;
  /** Where its pages begin. */
  readonly url: string;
  /** Login of a server administrator, who sets the passwords of others. Absent where each account sets its own. */
  readonly administrator?: string;
  /** `verify`: TLS, with a certificate of this host; `off`: in clear. */
  readonly tls: "verify" | "off";
  /** Certificate authorities of the server, in PEM. Default: those that the machine trusts. */
  readonly caBundle?: string;
}
