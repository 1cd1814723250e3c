import { z } from "zod";

/**
 * The issuer of a cluster's tokens (OpenID Connect Discovery 1.0, section 2: an https URL without query and fragment).
 * Kept exactly as it is written, since clouds compare it character by character, a slash at its end included.
 */
export const issuerFact = z.string().superRefine((text, context) => {
  const message = problemOf(text);
  if (message !== undefined) context.addIssue({ code: "custom", message });
});

/** What a path of a URL holds, but for `*`, which policies read as a wildcard (RFC 3986, section 3.3). */
const form =
  /^https:\/\/(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])(?::\d{1,5})?(?:\/(?:[\w.~!$&'()+,;=:@-]|%[0-9a-f]{2})*)*$/i;

function problemOf(text: string): string | undefined {
  if (/^http:/i.test(text)) return "must be an https URL: clouds trust no issuer without TLS";
  if (!/^https:\/\//i.test(text)) return "must be an https URL, such as https://issuer.example/main";
  if (text.includes("*")) return "must be the URL of one cluster, without a wildcard";
  if (/[?#]/.test(text)) return "must be an https URL without what follows a ? or #, which no issuer has";
  if (/^https:\/\/[^/]*@/i.test(text)) return "must be an https URL without a name or password before its host";
  return form.test(text) && URL.canParse(text)
    ? undefined
    : 'must be an https URL with a host of letters, digits, "." or "-", and without spaces';
}
