/**
 * Errors as Google's APIs word them: https://google.aip.dev/193 and
 * https://cloud.google.com/apis/design/errors
 */

/** The status codes that this fake answers with: the number of gRPC, and the one of HTTP. */
export const STATUS = {
  INVALID_ARGUMENT: { grpc: 3, http: 400 },
  NOT_FOUND: { grpc: 5, http: 404 },
  ALREADY_EXISTS: { grpc: 6, http: 409 },
  PERMISSION_DENIED: { grpc: 7, http: 403 },
  RESOURCE_EXHAUSTED: { grpc: 8, http: 429 },
  FAILED_PRECONDITION: { grpc: 9, http: 400 },
  ABORTED: { grpc: 10, http: 409 },
  UNIMPLEMENTED: { grpc: 12, http: 501 },
  INTERNAL: { grpc: 13, http: 500 },
  UNAUTHENTICATED: { grpc: 16, http: 401 },
} as const;

/** The name of a status. */
export type StatusName = keyof typeof STATUS;

/** `google.rpc.ErrorInfo`: why, for programs. */
export interface ErrorInfo {
  readonly reason: string;
  readonly domain: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/** A refusal by a Google API. */
export class GcpError extends Error {
  readonly status: StatusName;
  readonly info: ErrorInfo | undefined;
  constructor(status: StatusName, message: string, info?: ErrorInfo) {
    super(message);
    this.name = "GcpError";
    this.status = status;
    this.info = info;
  }

  /** The body of the answer over REST. */
  toJson(): unknown {
    const details =
      this.info === undefined
        ? {}
        : { details: [{ "@type": "type.googleapis.com/google.rpc.ErrorInfo", ...this.info }] };
    return { error: { code: STATUS[this.status].http, message: this.message, status: this.status, ...details } };
  }
}

/** What the real service does and this fake does not: an error, since to ignore it would be a lie. */
export function notInFake(what: string): GcpError {
  return new GcpError("UNIMPLEMENTED", `The sandbox's fake of Google Cloud does not implement ${what}.`);
}

/** A right that the caller lacks. Which resource is named, and how, differs between Google's services. */
export function permissionDenied(permission: string, resource: string, message: string): GcpError {
  return new GcpError("PERMISSION_DENIED", message, {
    reason: "IAM_PERMISSION_DENIED",
    domain: "iam.googleapis.com",
    metadata: { permission, resource },
  });
}

/** No credential, or one that is not valid. */
export function unauthenticated(what: "missing" | "invalid"): GcpError {
  const start =
    what === "missing"
      ? "Request is missing required authentication credential."
      : "Request had invalid authentication credentials.";
  return new GcpError(
    "UNAUTHENTICATED",
    `${start} Expected OAuth 2 access token, login cookie or other valid authentication credential. ` +
      "See https://developers.google.com/identity/sign-in/web/devconsole-project.",
  );
}
