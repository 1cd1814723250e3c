import { z } from "zod";
import { dnsLabelRule, ruledText, ruledUrl, slugRule } from "./messages/text-rules.ts";

/** Schemas that facts of several kinds share. Messages are in the words of the configuration file. */

export const name = ruledText(slugRule);
/** A Kubernetes namespace (RFC 1123, label). */
export const namespaceName = ruledText(dnsLabelRule);
export const url = ruledUrl({ schemes: ["https", "http"] });
export const httpsUrl = ruledUrl({ schemes: ["https"] });
export const pem = z.string().startsWith("-----BEGIN CERTIFICATE-----", "must be a PEM bundle");
/** Name of a Secret. */
export const secretName = z
  .string()
  .regex(
    /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/,
    'must be the name of a Secret: lowercase letters, digits, "-" or "."',
  );

export const uuid = ruledText({
  pattern: /^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$/,
  rule: "a UUID, such as 11111111-2222-3333-4444-555555555555",
  characters: /[0-9a-fA-F-]/,
  most: 36,
});

/** The name of a tag or label. The SDK loses those that every object of JavaScript has, such as `constructor`. */
export const tagName = z
  .string()
  .min(1, "must have a name of at least one character")
  .refine((key) => !(key in {}), { error: "is a name that Pulumi's SDK can't hand on; choose another one" });
/** Tags or labels: plain texts that anybody may read. */
export const tags = z.record(tagName, z.string()).default({});

/**
 * Numbers that are written without quotation marks: an account number is a text, and YAML reads it as a number. One
 * that starts with a zero must be quoted, since nothing can tell how many zeros it had.
 */
export function digits(length: number, what: string) {
  return z.preprocess(
    (value) => (typeof value === "number" ? String(value) : value),
    z.string().regex(new RegExp(`^\\d{${length}}$`), `must be ${what} of ${length} digits, in quotation marks`),
  );
}

/** A project of Google Cloud: its id, and its number, which YAML reads as one when it has no quotation marks. */
export const gcpProject = z.string().regex(/^[a-z][a-z0-9-]{4,28}[a-z0-9]$/, "must be the id of a project");
export const gcpProjectNumber = z.preprocess(
  (value) => (typeof value === "number" ? String(value) : value),
  z.string().regex(/^[1-9]\d{5,}$/, "must be the number of a project"),
);
