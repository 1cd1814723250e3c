import { existsSync } from "node:fs";
import { lstat, readFile, readlink, realpath, stat, symlink } from "node:fs/promises";
import path from "node:path";
import { isDeepStrictEqual } from "node:util";
import { isMap, parseDocument } from "yaml";
import { ExpectedError } from "../../components/support/messages/errors.ts";
import type { Parts } from "../../stacks/config/environment.ts";
import { writeWhole } from "../own-file.ts";

export interface PartsFileArgs {
  /** Folder that contains `Pulumi.yaml`. */
  readonly root: string;
  readonly environment: string;
  /** Name of the project, which a key of the configuration may begin with. */
  readonly project: string;
}

/**
 * Writes which part has which application into the environment's file. Everything else in it stays, comments included.
 *
 * @throws ExpectedError where it can't be read or written, or has no form in which parts can be set.
 */
export async function writeParts({ root, environment, project }: PartsFileArgs, assigned: Parts["assigned"]) {
  const name = `Pulumi.${environment}.yaml`;
  try {
    const file = await realpath(path.join(root, name));
    const text = await readFile(file, "utf8");
    const after = withParts(text, project, assigned);
    if (after !== text) await writeWhole(file, after, (await stat(file)).mode & 0o777);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    const reason = error instanceof NotEditable ? error.message : `can't be changed (${code ?? "unknown reason"})`;
    throw new ExpectedError(`${name}: ${reason}. Nothing was changed.\n    fix: write "parts" by hand: docs/fleet.md`);
  }
}

class NotEditable extends Error {
  override readonly name = "NotEditable";
}

/** The text of a stack's file with these parts. Pure. */
export function withParts(text: string, project: string, assigned: Parts["assigned"]): string {
  const document = parseDocument(text);
  const config: unknown = document.get("config", true);
  if (document.errors.length > 0 || !isMap(config)) throw new NotEditable("has no map called config");
  // The engine takes a key without a namespace for one of the project.
  const key = config.has("parts") ? "parts" : `${project}:parts`;
  const wanted = Object.fromEntries(assigned);
  const before: unknown = (document.toJS() as { readonly config: Readonly<Record<string, unknown>> }).config[key];
  if (isDeepStrictEqual(before, wanted)) return text;
  config.set(key, document.createNode(wanted));
  return document.toString({ lineWidth: 0 });
}

/**
 * Makes the file of a part: a link to the environment's. So all of them have the same facts, and the same key for secret
 * values.
 *
 * @throws ExpectedError where another file has its name.
 */
export async function linkPart(root: string, environment: string, stack: string): Promise<void> {
  if (await needsLink(root, environment, stack)) {
    await symlink(`Pulumi.${environment}.yaml`, path.join(root, `Pulumi.${stack}.yaml`));
  }
}

/**
 * Whether the file of a part is still to be made.
 *
 * @throws ExpectedError where another file has its name.
 */
export async function needsLink(root: string, environment: string, stack: string): Promise<boolean> {
  if (stack === environment) return false;
  const file = path.join(root, `Pulumi.${stack}.yaml`);
  const found = await lstat(file).catch(() => undefined);
  if (found === undefined) return true;
  if (!found.isSymbolicLink() || (await readlink(file)) !== `Pulumi.${environment}.yaml`) {
    throw notLinked(root, environment, stack);
  }
  return false;
}

/**
 * The files of parts are links to the environment's.
 *
 * @throws ExpectedError for the first that is not.
 */
export async function checkLinks(root: string, environment: string, stacks: readonly string[]): Promise<void> {
  for (const stack of stacks) {
    if (stack === environment) continue;
    const target = await readlink(path.join(root, `Pulumi.${stack}.yaml`)).catch(() => undefined);
    if (target !== `Pulumi.${environment}.yaml`) throw notLinked(root, environment, stack);
  }
}

function notLinked(root: string, environment: string, stack: string): ExpectedError {
  const file = `Pulumi.${stack}.yaml`;
  const link = (option: string) => `ln ${option} Pulumi.${environment}.yaml ${file}`;
  return new ExpectedError(
    `${file} is no link to Pulumi.${environment}.yaml, which all parts of the environment read. Nothing was changed.\n` +
      `    fix: ${existsSync(path.join(root, file)) ? `if nobody needs what it has: ${link("-sf")}` : link("-s")}`,
  );
}
