import { errors, jwtVerify, SignJWT } from "jose";
import { AZURE_SANDBOX } from "./directory.ts";

/** Who calls, as the access token says. */
export interface Caller {
  readonly clientId: string;
  readonly objectId: string;
}

/** An access token as clients get it. */
export interface IssuedToken {
  readonly token: string;
  /** Seconds since 1970. */
  readonly expiresAt: number;
  /** Seconds that it lives. */
  readonly seconds: number;
}

const LIFETIME_S = 3600;
const ISSUER = `https://sts.windows.net/${AZURE_SANDBOX.tenantId}/`;

/** Issues and verifies the fake's access tokens. Real ones are signed with RS256; only the issuer itself reads these. */
export function accessTokens(signingKey: string) {
  const key = Buffer.from(signingKey, "base64url");
  return {
    issue: async (caller: Caller, audience: string): Promise<IssuedToken> => {
      const now = Math.floor(Date.now() / 1000);
      const token = await new SignJWT({
        appid: caller.clientId,
        oid: caller.objectId,
        sub: caller.objectId,
        tid: AZURE_SANDBOX.tenantId,
        idtyp: "app",
        ver: "1.0",
      })
        .setProtectedHeader({ alg: "HS256", typ: "JWT" })
        .setIssuer(ISSUER)
        .setAudience(audience)
        .setIssuedAt(now)
        .setNotBefore(now)
        .setExpirationTime(now + LIFETIME_S)
        .sign(key);
      return { token, expiresAt: now + LIFETIME_S, seconds: LIFETIME_S };
    },

    /** The caller, or what is wrong with the token. */
    verify: async (token: string, audiences: readonly string[]): Promise<Caller | TokenProblem> => {
      try {
        const { payload } = await jwtVerify(token, key, { issuer: ISSUER, algorithms: ["HS256"] });
        const found = String(payload.aud);
        if (!audiences.includes(found.replace(/\/$/, ""))) return { problem: "audience", found };
        return { clientId: String(payload["appid"]), objectId: String(payload["oid"]) };
      } catch (error) {
        return { problem: error instanceof errors.JWTExpired ? "expired" : "invalid", found: "" };
      }
    },
  };
}

/** Why an access token was not taken. */
export interface TokenProblem {
  readonly problem: "audience" | "expired" | "invalid";
  readonly found: string;
}

/** The issuing half and the verifying half. */
export type AccessTokens = ReturnType<typeof accessTokens>;

/** How a caller is named in refusals. */
export function callerText(caller: Caller): string {
  return `appid=${caller.clientId};oid=${caller.objectId};iss=${ISSUER}`;
}
