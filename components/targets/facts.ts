import { z } from "zod";
import { pem } from "../support/facts.ts";
import { ruledText } from "../support/messages/text-rules.ts";
import type { TargetSpec } from "./contract.ts";

const host = ruledText({
  pattern: /^[A-Za-z0-9]([A-Za-z0-9.:_-]{0,251}[A-Za-z0-9])?$/,
  rule: "the name or address of a host, without a scheme and a port",
  characters: /^[A-Za-z0-9.:_-]$/,
  most: 253,
});

/** Names of PostgreSQL: at most 63 bytes, of which the server would cut off the rest in silence. */
const identifier = z.string().refine((text) => text !== "" && Buffer.byteLength(text) <= 63 && !/\p{Cc}/u.test(text), {
  error: "must be a name of 1 to 63 bytes, without control characters",
});

const postgresql = z.strictObject({
  kind: z.literal("postgresql"),
  host,
  port: z.int().min(1).max(65_535).default(5432),
  database: identifier.default("postgres"),
  administrator: identifier,
  tls: z.enum(["verify", "off"]).default("verify"),
  caBundle: pem.optional(),
});

/** Facts of a target, by its kind. */
export const targetFacts = z.discriminatedUnion("kind", [postgresql]);
export type TargetFacts = z.output<typeof targetFacts>;

/** The spec of a target. */
export function targetSpecOf(name: string, { caBundle, ...facts }: TargetFacts): TargetSpec {
  return { ...facts, name, ...(caBundle === undefined ? {} : { caBundle }) };
}
