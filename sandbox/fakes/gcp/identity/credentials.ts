import * as z from "zod";
import type { AccessTokens } from "./access-tokens.ts";
import type { Accounts } from "./accounts.ts";
import { notInFake } from "../errors.ts";
import { invalid, parse, seconds } from "../secret-manager/rules.ts";
import type { Method } from "../secret-manager/methods.ts";

const request = z.strictObject({
  name: z.string(),
  delegates: z.array(z.string()).default([]),
  scope: z.array(z.string()).default([]),
  lifetime: z.string().default("3600s"),
});
const LONGEST_SECONDS = 3600;

/** `google.iam.credentials.v1.IAMCredentials`: https://cloud.google.com/iam/docs/reference/credentials/rest */
export function credentialsMethods(accounts: Accounts, tokens: AccessTokens): Readonly<Record<string, Method>> {
  const notServed =
    (what: string): Method =>
    () =>
      Promise.reject(notInFake(what));
  return {
    GenerateAccessToken: (caller, message) => {
      const { name, delegates, scope, lifetime } = parse(request, message);
      const [, id] = /^projects\/-\/serviceAccounts\/([^/]+)$/.exec(name) ?? [];
      if (id === undefined) throw invalid(`Invalid form of account: ${name}`);
      if (delegates.length > 0) throw notInFake("delegation chains");
      if (scope.length === 0) throw invalid("Scope is required.");
      const duration = seconds(lifetime, "lifetime");
      if (duration > LONGEST_SECONDS) throw invalid(`The lifetime must not exceed ${LONGEST_SECONDS}s.`);
      const { email } = accounts.impersonated(caller, id);
      const expiresAt = Math.floor(Date.now() / 1000) + duration;
      return Promise.resolve({
        accessToken: tokens.mint({ kind: "service-account", email, expiresAt }),
        expireTime: new Date(expiresAt * 1000).toISOString(),
      });
    },
    GenerateIdToken: notServed("GenerateIdToken"),
    SignBlob: notServed("SignBlob"),
    SignJwt: notServed("SignJwt"),
  };
}
