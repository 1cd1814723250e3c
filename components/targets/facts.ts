import { z } from "zod";
import { ruledText } from "../support/messages/text-rules.ts";
import type { PasswordRule } from "./kind.ts";

/** Facts and rules that several kinds of target have. */

export const host = ruledText({
  // A colon is in addresses of IPv6 alone, which have two: "db.example:5432" has a port.
  pattern: /^(?:[A-Za-z0-9]([A-Za-z0-9._-]{0,251}[A-Za-z0-9])?|(?=[^:]*:[^:]*:)[0-9A-Fa-f:.]{2,45})$/,
  rule: "the name or address of a host, without a scheme and a port",
  characters: /^[A-Za-z0-9.:_-]$/,
  most: 253,
});

/** The secret of the catalogue that is the administrator's login: `<application>/<secret>`. */
export const administratorSecret = z
  .string()
  .regex(/^[a-z0-9-]{1,63}\/[a-z0-9-]{1,63}$/, "must be a secret of the catalogue, as <application>/<secret>");

export const port = z.int().min(1).max(65_535);

export const tls = z.enum(["verify", "off"]).default("verify");

/** The address as a text that is the same however its letters are written: names of hosts have no case. */
export function serverText(address: { readonly host: string; readonly port: number }): string {
  return addressText(address).toLowerCase();
}

/** `db.example:5432`, `[2001:db8::5]:5432`. */
export function addressText({ host, port }: { readonly host: string; readonly port: number }): string {
  return `${host.includes(":") ? `[${host}]` : host}:${port}`;
}

/** Printable ASCII: clients encode, prepare or quote other characters each in a way of their own. */
export function printableAscii(clients: string): PasswordRule {
  return {
    characters: /^[\x20-\x7e]$/,
    problem: `characters other than printable ASCII, which clients of ${clients} do not agree about`,
  };
}
