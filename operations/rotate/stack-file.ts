import { readFile, realpath } from "node:fs/promises";
import path from "node:path";
import { setCommand } from "../../components/support/messages/config-command.ts";
import { ExpectedError } from "../../components/support/messages/errors.ts";
import { writeWhole } from "../own-file.ts";
import { NotEditable, withEpochs } from "./stack-file-edit.ts";
import type { EpochMove } from "./tools.ts";

export interface StackFileArgs {
  /** Folder that contains `Pulumi.yaml`. */
  readonly root: string;
  readonly stack: string;
  /** Name of the project. */
  readonly project: string;
}

/**
 * Writes epochs into `Pulumi.<stack>.yaml`: all or none, and nothing else of it changes. A link is followed.
 *
 * @throws ExpectedError where the file can't be read or written, or has a form in which no epoch can be set.
 */
export async function moveEpochs(
  { root, stack, project }: StackFileArgs,
  { epochs, retired = new Map() }: EpochMove,
): Promise<void> {
  const name = `Pulumi.${stack}.yaml`;
  try {
    const file = await realpath(path.join(root, name));
    await writeWhole(file, withEpochs({ text: await readFile(file, "utf8"), project, epochs, retired }));
  } catch (error) {
    throw new ExpectedError(
      `${name}: ${problemOf(error)}. Nothing was changed.\n    fix: ${byHand(stack, { epochs, retired })}`,
    );
  }
}

function problemOf(error: unknown): string {
  if (error instanceof NotEditable) return error.message;
  return `can't be changed (${(error as NodeJS.ErrnoException).code ?? "unknown reason"})`;
}

function byHand(stack: string, { epochs, retired }: Required<EpochMove>): string {
  const commands = [
    ...[...epochs].map(([id, epoch]) => setCommand(["rotations", id], epoch, { asText: true })),
    ...[...retired].map(([id, epoch]) => setCommand(["retirePrevious", id], epoch, { asText: true })),
  ];
  // What follows `--` is a value.
  const ofStack = commands.map((each) => each.replace(/^pulumi config set /, `pulumi config set --stack ${stack} `));
  return [...ofStack, `pulumi up --stack ${stack}`].join(" && ");
}
