import { z } from "zod";
import { pem } from "../../support/facts.ts";
import { ruledText } from "../../support/messages/text-rules.ts";
import { addressText, administratorSecret, host, port, printableAscii, serverText, tls } from "../facts.ts";
import type { TargetKind } from "../kind.ts";
import type { MysqlSpec } from "./spec.ts";

/** MySQL takes names of 32 characters, MariaDB of 128. */
const identifier = z.string().refine((text) => text !== "" && text.length <= 128 && !/\p{Cc}/u.test(text), {
  error: "must be a name of 1 to 128 characters, without control characters",
});

/** As the servers compare it: a name, an address, a network, or a pattern with `%` and `_`. */
const accountHost = ruledText({
  pattern: /^[A-Za-z0-9.:%_/-]{1,255}$/,
  rule: 'the part of an account\'s name behind "@": a host, an address, a network, or a pattern such as 10.% or %',
  characters: /^[A-Za-z0-9.:%_/-]$/,
  first: /^[A-Za-z0-9.:%_/-]$/,
  most: 255,
});

const facts = z.strictObject({
  kind: z.literal("mysql"),
  host,
  port: port.default(3306),
  administrator: identifier,
  administratorSecret: administratorSecret.optional(),
  accountHost: accountHost.default("%"),
  tls,
  caBundle: pem.optional(),
});

/** MySQL and MariaDB: passwords of accounts. */
export const mysql: TargetKind<MysqlSpec, typeof facts> = {
  facts,
  spec: (name, { caBundle, ...rest }) => ({ ...rest, name, ...(caBundle === undefined ? {} : { caBundle }) }),
  place: addressText,
  servers: (spec) => [serverText(spec)],
  accountAt: ({ accountHost: from }, name) => `${name}@${from}`,
  administrator: ({ administrator }) => administrator,
  password: printableAscii("MySQL"),
  // An account of other places can't log in from here, whatever its password is.
  verifies: ({ accountHost: from }) => from === "%",
  load: () => import("./actions.ts"),
};
