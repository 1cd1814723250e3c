import { configPath } from "../support/messages/config-command.ts";

/**
 * What a store issues by itself for a secret. `dynamic`: each read makes new credentials, which are valid for the time of
 * their lease. `static`: the store rotates the password of one account at its own schedule, and each read shows the
 * current one.
 */
export interface IssuedCredentials {
  readonly kind: "dynamic" | "static";
  /** Where the store's engine is mounted. */
  readonly mount: string;
  /** Role of the engine. */
  readonly role: string;
  /** Fields of the answer by key of the catalogue secret, where the two names differ. */
  readonly fields: Readonly<Record<string, IssuedField>>;
}

/** What the answer holds. */
export const issuedFields = ["username", "password"] as const;
export type IssuedField = (typeof issuedFields)[number];

/** Credentials that a store issues, by `<app>/<secret>`. */
export type StoreCredentials = Readonly<Record<string, IssuedCredentials>>;

/** What of an object the store issues: instead of being stored, it is made or looked up at each read. */
export interface IssuedObject {
  readonly kind: IssuedCredentials["kind"];
  readonly mount: string;
  readonly role: string;
  /** Field of the answer by key; a key without one is not issued. */
  readonly fields: Readonly<Record<string, IssuedField>>;
  /** Kind of the operator's generator that gets it. */
  readonly generator: IssuingGeneratorKind;
}

/** Generators of the operator that get what a store issues. */
export type IssuingGeneratorKind = "VaultDynamicSecret";

/** How a role issues credentials, as the store says. */
export interface IssuingRole {
  /** Seconds for which credentials are valid: the time of a lease; of a static role, the time between two rotations. */
  readonly seconds: number;
}

/** What a store says of a role before anything is registered. */
export type RoleInspection = { readonly role: IssuingRole } | { readonly problem: string; readonly fix: string };

/** Path of the fact that says that a store issues a secret. */
export function credentialsPath(store: string, id: string): string {
  return configPath(["stores", store, "databaseCredentials", id]);
}

/**
 * The longest time between two reads, in seconds: a third of the lease is left for consumers to change over, and for a
 * store that does not answer. Credentials of a static role stay valid until the store rotates them, whenever they are read.
 */
export function longestRefresh({ seconds }: IssuingRole): number {
  return Math.floor((seconds * 2) / 3);
}
