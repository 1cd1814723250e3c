import { createHash } from "node:crypto";

/**
 * The first characters of a SHA-256 in hexadecimal, for names that would be too long or ambiguous without one: of a
 * text as it is, of anything else as JSON.
 */
export function shortDigest(of: string | readonly unknown[], characters: 8 | 10): string {
  const text = typeof of === "string" ? of : JSON.stringify(of);
  return createHash("sha256").update(text).digest("hex").slice(0, characters);
}
