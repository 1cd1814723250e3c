import { z } from "zod";
import { pem } from "../../support/facts.ts";
import { addressText, administratorSecret, host, port, printableAscii, serverText, tls } from "../facts.ts";
import type { TargetKind } from "../kind.ts";
import type { PostgresqlSpec } from "./spec.ts";

/** Names of PostgreSQL: at most 63 bytes, of which the server would cut off the rest in silence. */
const identifier = z.string().refine((text) => text !== "" && Buffer.byteLength(text) <= 63 && !/\p{Cc}/u.test(text), {
  error: "must be a name of 1 to 63 bytes, without control characters",
});

const facts = z.strictObject({
  kind: z.literal("postgresql"),
  host,
  port: port.default(5432),
  database: identifier.default("postgres"),
  administrator: identifier,
  administratorSecret: administratorSecret.optional(),
  tls,
  caBundle: pem.optional(),
});

/** PostgreSQL: passwords of roles. */
export const postgresql: TargetKind<PostgresqlSpec, typeof facts> = {
  facts,
  spec: (name, { caBundle, ...rest }) => ({ ...rest, name, ...(caBundle === undefined ? {} : { caBundle }) }),
  place: addressText,
  servers: (spec) => [serverText(spec)],
  administrator: ({ administrator }) => administrator,
  password: printableAscii("PostgreSQL"),
  verifies: () => true,
  load: () => import("./actions.ts"),
};
