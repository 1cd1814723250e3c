import { z } from "zod";
import { slug } from "../../../components/support/naming.ts";

/** Pieces that several facts are made of. */

export const name = z.string().regex(slug, "must be lower-case letters, digits and dashes, starting with a letter");
export const url = z.url({ protocol: /^https?$/, error: "must be an http(s) URL" });
export const httpsUrl = z.url({ protocol: /^https$/, error: "must be an https URL" });
export const path = z
  .string()
  .regex(/^[^/\s*+][^\s*+]*[^/\s*+]$|^[^/\s*+]$/, "must have no slash at its ends, no space, no wildcard");
export const pem = z.string().startsWith("-----BEGIN CERTIFICATE-----", "must be a PEM bundle");
export const uuid = z.string().regex(/^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$/, "must be a UUID");
export const layout = z.enum(["bundle", "per-key"]);

/** Whether the state may hold the values that are written to a store, or the provider has fields that it does not keep. */
export const values = z.enum(["state", "write-only"]).default("state");

/** The same for a kind that has no such fields; `why` names what is missing. */
export function valuesInState(why: string) {
  return z.literal("state", { error: `must be "state" (${why})` }).default("state");
}

/** The part of a store's spec that says so. */
export function writeOnly(mode: z.output<typeof values>): { readonly writeOnly?: true } {
  return mode === "write-only" ? { writeOnly: true } : {};
}

/** Tags or labels: plain texts that anybody may read. */
export const tags = z.record(z.string().min(1), z.string()).default({});

/**
 * Pulumi's YAML reader turns an unquoted date into a timestamp and hands over its Go text. Quoted or not must mean the
 * same: otherwise adding quotation marks would move an epoch, and with it a password.
 */
export function plainTime(value: unknown): unknown {
  if (typeof value !== "string") return value;
  const utc = value.replace(/^(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2}) \+0000 UTC$/, "$1T$2Z");
  return utc.replace(/^(\d{4}-\d{2}-\d{2})T00:00:00Z$/, "$1");
}

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

/** `2026-11-22`, or `2026-11-22T14:05:00Z` for a second rotation on one day. */
const epochText = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}Z)?$/, {
    error: "must be a date (2026-11-22) or a UTC time (2026-11-22T14:05:00Z)",
    abort: true,
  })
  .refine(isOnCalendar, "is no time of the calendar");

/** `Date.parse` alone takes February 30 for March 2. */
function isOnCalendar(text: string): boolean {
  const time = Date.parse(text);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text.slice(0, 10));
}

export const epoch = z.preprocess(plainTime, epochText);
