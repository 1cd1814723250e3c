import { z } from "zod";
import { issuedFields, type StoreCredentials } from "../issued.ts";
import { mountFact } from "./path.ts";

/** Name of a role of the database secrets engine: Vault's own pattern of names (`framework.GenericNameRegex`). */
const roleName = z
  .string()
  .regex(
    /^[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_])?$/,
    "must be the name of a role: letters, digits, _, - and ., beginning and ending with none of - and .",
  );

const credentials = z
  .strictObject({
    mount: mountFact.default("database"),
    role: roleName.optional(),
    staticRole: roleName.optional(),
    keys: z.record(z.string(), z.enum(issuedFields)).default({}),
  })
  .refine(({ role, staticRole }) => (role === undefined) !== (staticRole === undefined), {
    error: "must have role (dynamic credentials) or staticRole (an account whose password Vault rotates), and not both",
  });

/** Secrets that Vault's database secrets engine issues, by `<app>/<secret>`. */
export const databaseCredentials = z.record(z.string(), credentials).default({});

/** The credentials of a store's spec. */
export function credentialsOf(facts: z.output<typeof databaseCredentials>): {
  readonly credentials?: StoreCredentials;
} {
  const entries = Object.entries(facts).map(([id, { mount, role, staticRole, keys: fields }]) => {
    const named =
      role === undefined ? { kind: "static" as const, role: staticRole ?? "" } : { kind: "dynamic" as const, role };
    return [id, { ...named, mount, fields }] as const;
  });
  return entries.length === 0 ? {} : { credentials: Object.fromEntries(entries) };
}
