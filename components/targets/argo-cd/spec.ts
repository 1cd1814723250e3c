/** An Argo CD, as the deployer reaches it. */
export interface ArgoCdSpec {
  readonly kind: "argo-cd";
  /** Name among the environment's facts. */
  readonly name: string;
  /** Where its pages begin. */
  readonly url: string;
  /** Local account that sets the passwords of others. Absent where each account sets its own. */
  readonly administrator?: string;
  /** `verify`: TLS, with a certificate of this host; `off`: in clear. */
  readonly tls: "verify" | "off";
  /** Certificate authorities of the server, in PEM. Default: those that the machine trusts. */
  readonly caBundle?: string;
}
