import { z } from "zod";

/** The phases of a migration, in their order. */
export const phases = ["install", "store", "beside", "prove", "switch", "retire"] as const;
export type Phase = (typeof phases)[number];

/** What each phase does, for people. */
export const phaseTitles: Readonly<Record<Phase, string>> = {
  install: "set values and facts, and deploy beside what exists",
  store: "the store answers for each Secret",
  beside: "each Secret is there with all of its keys",
  prove: "old and new values are equal, key by key",
  switch: "the Secrets that exist are taken over in place",
  retire: "what made the Secrets before is taken away",
};

const fact = z.strictObject({
  path: z.array(z.string()),
  value: z.union([z.string(), z.number(), z.boolean()]),
});

/**
 * How one Secret is migrated: `beside` the one that exists until both were compared, `in-place` where the catalogue
 * generates its values and the ones in use are kept, or `new` where the cluster has none yet.
 */
export const modes = ["beside", "in-place", "new"] as const;
export type Mode = (typeof modes)[number];

const secret = z.strictObject({
  namespace: z.string(),
  name: z.string(),
  mode: z.enum(modes),
  /** What `existingSecrets` says when it is taken over. */
  takeover: z.enum(["adopt", "merge"]),
  keys: z.array(z.string()),
  /** The ExternalSecret that had it before, without its values: it has none. For the way back. */
  previous: z.looseObject({}).optional(),
});
export type JournalSecret = z.output<typeof secret>;

/** What a migration has done so far: names, and never a value. */
export const journalSchema = z.strictObject({
  version: z.literal(1),
  environment: z.string(),
  /** The words of the command that carries it out, without `--stack`. */
  sources: z.array(z.string()),
  /** Folder in which it was typed, where relative paths begin. */
  folder: z.string().optional(),
  secrets: z.array(secret),
  /** Facts that it set, and that the environment did not have. */
  facts: z.array(fact),
  /** Phases that are done, in their order. */
  done: z.array(z.enum(phases)),
});
export type Journal = z.output<typeof journalSchema>;

/** A command about the migration of an environment, as people type it. */
export function migrateCommand(words: string, environment: string): string {
  return `npx secrets migrate ${words} --stack ${environment}`;
}

/** What looks into a Secret that does not arrive. */
export function doctorCommand(place: string, environment: string): string {
  return `npx secrets doctor ${place} --stack ${environment}`;
}

/** Name under which a Secret lies beside the one that exists. */
export function besideName({ name }: Pick<JournalSecret, "name">): string {
  const suffix = "-beside";
  return `${name.slice(0, 253 - suffix.length)}${suffix}`;
}

/** Name of the Secret that holds the new values in a phase. */
export function newName(secret: Pick<JournalSecret, "name" | "mode">, isSwitched: boolean): string {
  return secret.mode === "beside" && !isSwitched ? besideName(secret) : secret.name;
}
