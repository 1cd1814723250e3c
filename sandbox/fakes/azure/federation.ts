import { type ServiceAccountVerifier, TokenRefused } from "../support/tokens.ts";
import { SignInRefusal } from "./answers.ts";
import type { FederatedCredential } from "./state.ts";

const CHECK =
  "Please check your federated identity credential Subject, Audience and Issuer against the presented assertion. " +
  "https://learn.microsoft.com/entra/workload-id/workload-identity-federation";

/**
 * Whether a service account's token may be exchanged: a credential must name its issuer, subject and audience, letter by
 * letter, and its signature must hold. https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations
 */
export async function verifyAssertion(
  assertion: string,
  credentials: readonly FederatedCredential[],
  verify: ServiceAccountVerifier,
): Promise<void> {
  const problem = await verification(assertion, verify);
  const { issuer = "", subject = "", audiences } = problem.claimed;
  if (problem.refused?.reason === "malformed") {
    throw new SignInRefusal(400, "invalid_request", 50027, "JWT token is invalid or malformed.");
  }
  if (credentials.length === 0) {
    throw mismatch(
      70021,
      `No matching federated identity record found for presented assertion. Assertion Issuer: '${issuer}'. Assertion Subject: ` +
        `'${subject}'. Assertion Audience: '${audiences.join(",")}'. ` +
        `https://docs.microsoft.com/en-us/azure/active-directory/develop/workload-identity-federation`,
    );
  }
  const sameIssuer = credentials.filter((credential) => credential.issuer === issuer);
  if (sameIssuer.length === 0) throw mismatch(700211, noMatch("issuer", issuer));
  const sameSubject = sameIssuer.filter((credential) => credential.subject === subject);
  if (sameSubject.length === 0) throw mismatch(700213, noMatch("subject", subject));
  if (!sameSubject.some((credential) => credential.audiences.some((audience) => audiences.includes(audience)))) {
    throw mismatch(700212, noMatch("audience", audiences.join(",")));
  }
  if (problem.refused !== undefined) throw signatureRefusal(problem.refused, issuer);
}

// Entra compares the claims before it gets the issuer's keys: a wrong subject is told even when the signature is wrong too.
async function verification(
  assertion: string,
  verify: ServiceAccountVerifier,
): Promise<{ claimed: TokenRefused["claimed"]; refused?: TokenRefused }> {
  try {
    return { claimed: await verify(assertion, undefined) };
  } catch (error) {
    if (error instanceof TokenRefused) return { claimed: error.claimed, refused: error };
    throw error;
  }
}

function noMatch(claim: string, value: string): string {
  return `No matching federated identity record found for presented assertion ${claim} '${value}'. ${CHECK}`;
}

function mismatch(number: number, text: string): SignInRefusal {
  return new SignInRefusal(401, "invalid_client", number, text);
}

function signatureRefusal(refused: TokenRefused, issuer: string): SignInRefusal {
  if (refused.reason === "expired") {
    return mismatch(700024, "Client assertion is not within its valid time range.");
  }
  if (refused.reason === "issuer") {
    // The credential names it, but the sandbox has one cluster: no keys of another issuer can be got.
    return new SignInRefusal(
      400,
      "invalid_request",
      50166,
      `Request to External OIDC endpoint failed: ${issuer}/.well-known/openid-configuration`,
    );
  }
  return mismatch(700027, "Client assertion failed signature validation.");
}
