import type { RequestSpec } from "../http/spec.ts";
import type { JobSpec } from "../job/spec.ts";

interface ProbeBase {
  /** Name among the environment's facts (`probes`). */
  readonly name: string;
}

/** A request that succeeds with the values that were delivered. */
export interface HttpProbe extends ProbeBase {
  readonly kind: "http";
  readonly request: RequestSpec;
  /** `verify`: TLS, with a certificate of this host; `off`: in clear. */
  readonly tls: "verify" | "off";
  /** Certificate authorities of the server, in PEM. Default: those that the machine trusts. */
  readonly caBundle?: string;
  /** How long it is repeated until it succeeds, in seconds. */
  readonly withinSeconds: number;
}

/** A Job in a cluster whose command succeeds with the values that were delivered. */
export interface JobProbe extends ProbeBase {
  readonly kind: "job";
  readonly job: JobSpec;
}

/** What proves that a value works where it was delivered. */
export type ProbeSpec = HttpProbe | JobProbe;

/** A probe of a secret: the keys that it is tried with. */
export interface ProbeUse {
  readonly probe: ProbeSpec;
  /** Key that holds the account's name. Absent where the probe needs none. */
  readonly username?: string;
  /** Key that holds the password or token. */
  readonly password: string;
}
