import { ConfigError, ExpectedError, type Issue } from "../../../components/support/messages/errors.ts";
import { textOf, type SourceFiles } from "../files.ts";
import { placeOf, type PlannedSecret } from "../plan/model.ts";
import { step, type MigrationContext } from "../run/context.ts";
import { migrateCommand, type Journal } from "../run/model.ts";
import { leftoverText, retirement } from "../run/retire.ts";
import { placeIn } from "./covered.ts";
import type { ObsoleteFile, Retirement, Revision } from "./model.ts";
import { obsoleteFiles, obsoletePlaces } from "./obsolete.ts";
import { unproved, type MigratedSecret } from "./proved.ts";

/** What becomes of what is obsolete in files. */
export type RetireChoice =
  /** It is shown. Where there is none, the migration ends. */
  | "look"
  /** It is shown, and nothing else happens. */
  | "dry-run"
  /** It is taken out, and the migration ends. */
  | "write"
  /** It stays, and the migration ends. */
  | "keep";

/** What a retirement works with. */
export interface RetireContext extends Pick<MigrationContext, "cluster" | "journal" | "onStep" | "signal"> {
  /** What the sources hold now, of those that are still there, and what keeps them from being read. */
  readonly sources: (
    journal: Journal,
  ) => Promise<{ readonly secrets: readonly PlannedSecret[]; readonly issues: readonly Issue[] }>;
  readonly files: SourceFiles;
  readonly revision: (file: string) => Promise<Revision>;
  readonly rewrite: (file: string, text: string) => Promise<void>;
}

/**
 * Ends a migration whose Secrets were taken over. What is obsolete in files is shown, without a value, and taken out where
 * that was chosen; what nobody but people can take away is named.
 *
 * @throws ConfigError where anything is not proved, or could not be brought back: nothing was changed.
 */
export async function retire(context: RetireContext, choice: RetireChoice): Promise<Retirement> {
  const journal = await begun(context);
  const { environment } = journal;
  step(context, "reading the sources");
  const found = await context.sources(journal);
  const secrets = await migrated(context, journal, found.secrets);
  const files = obsoleteFiles(obsoletePlaces({ secrets: plannedOf(secrets) }), context.files);
  const [whole, parts] = [true, false].map((isWhole) => files.filter((each) => each.isWhole === isWhole));
  const revised = await Promise.all(files.map(async ({ file }) => [file, await context.revision(file)] as const));
  const revisions = new Map(revised);
  const issues = [...found.issues, ...secrets.flatMap((secret) => unproved(secret, environment))];
  if (choice === "write") issues.push(...(parts ?? []).flatMap((each) => uncommitted(each, revisions)));
  if (issues.length > 0) throw new ConfigError(environment, issues);
  const isWritten = choice === "write" && (parts ?? []).length > 0;
  if (isWritten) for (const each of parts ?? []) await writeFile(context, each);
  const isEnded = choice === "write" || choice === "keep" || (choice === "look" && (parts ?? []).length === 0);
  if (isEnded) await context.journal.remove();
  return {
    environment,
    secrets: secrets.map(placeOf),
    files: (parts ?? []).map(({ before: _, after: __, places: ___, ...each }) => ({
      ...each,
      revision: revisions.get(each.file) ?? "untracked",
    })),
    people: [...(whole ?? []).map(wholeText), ...leftToPeople(secrets, journal, files)],
    isWritten,
    isEnded,
  };
}

async function begun({ journal: file }: RetireContext): Promise<Journal> {
  const journal = await file.read();
  if (journal === undefined)
    throw new ExpectedError("No migration runs in this environment: there is nothing to retire.");
  if (journal.done.includes("switch")) return journal;
  throw new ExpectedError(
    `The migration of ${journal.sources.join(", ")} has not taken the Secrets over yet.\n` +
      `    fix: ${migrateCommand(`run ${journal.sources.join(" ")}`, journal.environment)}`,
  );
}

async function migrated(
  context: RetireContext,
  journal: Journal,
  planned: readonly PlannedSecret[],
): Promise<readonly MigratedSecret[]> {
  return Promise.all(
    journal.secrets.map(async ({ namespace, name, keys }): Promise<MigratedSecret> => {
      const cluster = await context.cluster(namespace);
      const own = planned.find((each) => placeOf(each) === placeOf({ namespace, name }));
      return {
        namespace,
        name,
        keys,
        live: await cluster.secret({ namespace, name }),
        writers: await cluster.writersOf({ namespace, name }),
        ...(own === undefined ? {} : { planned: own }),
      };
    }),
  );
}

function plannedOf(secrets: readonly MigratedSecret[]): readonly PlannedSecret[] {
  return secrets.flatMap(({ planned }) => planned ?? []);
}

function uncommitted({ file, parts }: ObsoleteFile, revisions: ReadonlyMap<string, Revision>): readonly Issue[] {
  if (revisions.get(file) !== "changed") return [];
  const what = parts.map((each) => each.what).join(", ");
  return [
    {
      path: file,
      problem: `has changes that are not committed, and ${what} would go from it`,
      fix: `commit or stash them, so that what goes can be told from them: git diff ${file}`,
    },
  ];
}

/** Writes a file, unless somebody else did since it was read. */
async function writeFile(context: RetireContext, { file, before, after }: ObsoleteFile): Promise<void> {
  step(context, `writing ${file}`);
  const bytes = context.files.read(file);
  if (bytes === undefined || textOf(bytes) !== before)
    throw new ExpectedError(`${file}: was changed while it was read\n    fix: run this again`);
  const hasMark = Buffer.from(bytes.subarray(0, byteOrderMark.length)).equals(byteOrderMark);
  await context.rewrite(file, `${hasMark ? byteOrderMark.toString() : ""}${after}`);
}

const byteOrderMark = Buffer.from("\ufeff");

function wholeText({ file, parts }: ObsoleteFile): string {
  const what = parts.map((each) => each.what).join(", ");
  return `${file}: has nothing else than ${what}: git rm ${file}, and take it out of what names it (resources of a kustomization)`;
}

function leftToPeople(
  secrets: readonly MigratedSecret[],
  { secrets: noted }: Journal,
  files: readonly ObsoleteFile[],
): readonly string[] {
  const isHandled = placeIn(files.flatMap(({ places }) => places));
  const seen = noted.map((secret) => ({
    ...secret,
    live: secrets.find((each) => placeOf(each) === placeOf(secret))?.live,
  }));
  return retirement({ secrets: plannedOf(secrets) }, seen)
    .filter(({ at }) => at === undefined || !isHandled(at))
    .map(leftoverText);
}
