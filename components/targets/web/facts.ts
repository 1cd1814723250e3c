import { z } from "zod";
import { pem } from "../../support/facts.ts";
import { administratorSecret } from "../facts.ts";
import { ruledUrl } from "../../support/messages/text-rules.ts";

/** Facts of targets that are spoken to over HTTP. */
export const webFacts = {
  tls: z.enum(["verify", "off"]).default("verify"),
  caBundle: pem.optional(),
};

/** Name of an account that logs in with basic authentication: a colon would end it (RFC 7617). */
export const accountName = z
  .string()
  .regex(/^[^\p{Cc}:]{1,190}$/u, "must be a name of 1 to 190 characters, without colons and control characters");

/** Facts of an application that has its API below one URL. */
export const applicationFacts = {
  url: ruledUrl({ schemes: ["http", "https"] }),
  administrator: accountName.optional(),
  administratorSecret: administratorSecret.optional(),
  ...webFacts,
};

/** Whether what is sent there can be read on the way. */
export function isClear(url: string): boolean {
  return /^http:/i.test(url);
}

interface ClearFacts {
  readonly url: string;
  readonly tls: "verify" | "off";
}

/** What is wrong between the URL of an application and `tls`. Pure. */
export function clearProblems({ url, tls }: ClearFacts): readonly z.core.$ZodRawIssue[] {
  if (isClear(url) === (tls === "off")) return [];
  const [path, message] = isClear(url)
    ? ["url", "must be https, or tls must be off: passwords would be sent in clear"]
    : ["tls", "can't be off where the URL is https"];
  return [{ code: "custom", message, path: [path], input: undefined }];
}
