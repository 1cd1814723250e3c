import type { TargetBase } from "../kind.ts";
import type { Json } from "./template.ts";

/** Whose credentials a request has: those of who sends it, as a header. */
export const authentications = ["basic", "bearer", "none"] as const;
export type Authentication = (typeof authentications)[number];

/** A request of facts. Its texts may have placeholders, but for the method and the host. */
export interface RequestSpec {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Its body as JSON. At most one of `json` and `form`. */
  readonly json?: Json;
  /** Its body as a form: `application/x-www-form-urlencoded`. */
  readonly form?: Readonly<Record<string, string>>;
  readonly authentication: Authentication;
  /** Statuses that mean that it was done. Default: 200 to 299. */
  readonly expect?: readonly number[];
}

/** An HTTP API that keeps passwords of accounts, as the deployer reaches it. */
export interface HttpSpec extends TargetBase {
  readonly kind: "http";
  /** Sets the password of an account. */
  readonly request: RequestSpec;
  /** Logs in with the new password. Absent where the API has nothing to log in to. */
  readonly verify?: RequestSpec;
  /** Sent by a rehearsal with the administrator's credentials. It changes nothing. */
  readonly examine?: RequestSpec;
  /** Name of the account that sends `request`, whose password or token is configured, or that of a secret. */
  readonly administrator: string;
  /** `verify`: TLS, with a certificate of this host; `off`: in clear. */
  readonly tls: "verify" | "off";
  /** Certificate authorities of the server, in PEM. Default: those that the machine trusts. */
  readonly caBundle?: string;
}
