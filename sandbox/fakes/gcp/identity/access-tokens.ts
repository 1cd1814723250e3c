import { createHmac, timingSafeEqual } from "node:crypto";

/** Who a token stands for. */
export type TokenClaims =
  | {
      /** A federated identity: all names by which a policy may bind it. */
      readonly kind: "federated";
      readonly pool: string;
      readonly members: readonly string[];
      readonly expiresAt: number;
    }
  | { readonly kind: "service-account"; readonly email: string; readonly expiresAt: number };

const PREFIX = "ya29.sandbox.";

/** Makes and reads access tokens: what they say, and a signature, so that they outlive the process as Google's do. */
export class AccessTokens {
  private readonly key: Buffer;
  constructor(signingKey: string) {
    this.key = Buffer.from(signingKey, "base64");
  }

  /** A token that says this. */
  mint(claims: TokenClaims): string {
    const body = Buffer.from(JSON.stringify(claims)).toString("base64url");
    return `${PREFIX}${body}.${this.sign(body)}`;
  }

  /** What the token says; undefined for one that was not made here or has expired (in seconds since 1970). */
  read(token: string, now: number): TokenClaims | undefined {
    if (!token.startsWith(PREFIX)) return undefined;
    const [body = "", signature = ""] = token.slice(PREFIX.length).split(".");
    const expected = Buffer.from(this.sign(body));
    const given = Buffer.from(signature);
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
    const claims = JSON.parse(Buffer.from(body, "base64url").toString("utf8")) as TokenClaims;
    return claims.expiresAt > now ? claims : undefined;
  }

  private sign(body: string): string {
    return createHmac("sha256", this.key).update(body).digest("base64url");
  }
}
