import { createPublicKey } from "node:crypto";
import { decodeJwt, errors, jwtVerify } from "jose";
import { messageOf } from "../../support/errors.ts";

/** Why a token was refused. Each cloud has its own words for each. */
export type TokenRefusal = "malformed" | "signature" | "expired" | "issuer" | "audience";

/** A service account token that a cloud does not take. The message never holds the token. */
export class TokenRefused extends Error {
  readonly reason: TokenRefusal;
  /** What the token says of itself, unverified: clouds quote it in their refusals. */
  readonly claimed: { readonly issuer?: string; readonly subject?: string; readonly audiences: readonly string[] };

  constructor(reason: TokenRefusal, message: string, claimed: TokenRefused["claimed"]) {
    super(message);
    this.name = "TokenRefused";
    this.reason = reason;
    this.claimed = claimed;
  }
}

/** What a verified token says. */
export interface ServiceAccountClaims {
  readonly issuer: string;
  /** `system:serviceaccount:<namespace>:<name>`. */
  readonly subject: string;
  readonly audiences: readonly string[];
  /** In seconds since 1970. */
  readonly expiresAt: number;
  readonly namespace: string;
  readonly serviceAccount: string;
}

/** Verifies a token for one audience, or, as a cloud does that compares audiences with a list of its own, for none (`undefined`). */
export type ServiceAccountVerifier = (token: string, audience: string | undefined) => Promise<ServiceAccountClaims>;

/** Which cluster a verifier believes. */
export interface TokenIssuer {
  /** The public half of the key with which the API server signs tokens (`pki.serviceAccountPublicKey` is its file). */
  readonly publicKeyPem: string;
  /** `kubernetesServer(ports)`. */
  readonly issuer: string;
}

/**
 * Verifies service account tokens of one cluster: signature, then issuer, expiry and audience. A real cloud gets the key from the
 * issuer's discovery document, which a cluster on loopback cannot publish to anyone; so the key is handed over here.
 */
export function serviceAccountVerifier({ publicKeyPem, issuer }: TokenIssuer): ServiceAccountVerifier {
  const key = createPublicKey(publicKeyPem);
  return async (token, audience) => {
    const claimed = unverifiedClaims(token);
    // An issuer that is not ours has other keys: that its signature is unknown here says nothing.
    if (claimed.issuer !== issuer) {
      throw new TokenRefused("issuer", `the token's issuer is ${claimed.issuer ?? "missing"}, not ${issuer}`, claimed);
    }
    try {
      const { payload } = await jwtVerify(token, key, {
        issuer,
        algorithms: ["RS256"],
        requiredClaims: ["exp", "sub"],
        ...(audience === undefined ? {} : { audience }),
      });
      return claimsOf({ ...claimed, issuer }, payload.exp ?? 0);
    } catch (error) {
      throw error instanceof TokenRefused ? error : refusalOf(error, claimed, audience);
    }
  };
}

function refusalOf(error: unknown, claimed: TokenRefused["claimed"], audience: string | undefined): TokenRefused {
  if (error instanceof errors.JWTExpired) return new TokenRefused("expired", "the token has expired", claimed);
  if (error instanceof errors.JWSSignatureVerificationFailed) {
    return new TokenRefused("signature", "the token was not signed by the issuer's key", claimed);
  }
  if (error instanceof errors.JWTClaimValidationFailed && error.claim === "aud") {
    const said = claimed.audiences.join(", ") || "none";
    return new TokenRefused("audience", `the token's audience is ${said}, not ${audience ?? ""}`, claimed);
  }
  if (error instanceof errors.JOSEAlgNotAllowed) {
    return new TokenRefused("signature", "the token is not signed with RS256", claimed);
  }
  return new TokenRefused("malformed", `the token is not valid: ${messageOf(error)}`, claimed);
}

function claimsOf(claimed: TokenRefused["claimed"] & { issuer: string }, expiresAt: number): ServiceAccountClaims {
  const subject = claimed.subject ?? "";
  const [, namespace, serviceAccount] = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(subject) ?? [];
  if (namespace === undefined || serviceAccount === undefined) {
    throw new TokenRefused("malformed", `the token's subject is ${subject}, which is no service account`, claimed);
  }
  return { issuer: claimed.issuer, subject, audiences: claimed.audiences, expiresAt, namespace, serviceAccount };
}

function unverifiedClaims(token: string): TokenRefused["claimed"] {
  const { iss, sub, aud } = payloadOf(token);
  const audiences = (Array.isArray(aud) ? aud : [aud]).filter((item) => typeof item === "string");
  return {
    ...(typeof iss === "string" ? { issuer: iss } : {}),
    ...(typeof sub === "string" ? { subject: sub } : {}),
    audiences,
  };
}

function payloadOf(token: string): Readonly<Record<string, unknown>> {
  try {
    return decodeJwt(token);
  } catch {
    throw new TokenRefused("malformed", "this is no JSON Web Token", { audiences: [] });
  }
}
