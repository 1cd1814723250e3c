import path from "node:path";
import { Command } from "commander";
import pc from "picocolors";
import { allowClosedPipe } from "../components/support/closed-pipe.ts";
import { ExpectedError } from "../components/support/messages/errors.ts";

/** Exit codes of every command: 0 success, 2 the program refuses the configuration, 70 a bug. */
const EXIT = { refused: 2, bug: 70 } as const;

/** Colours only on a terminal, and never where NO_COLOR is set. */
export function coloursFor({ isTTY }: { readonly isTTY?: boolean }) {
  return pc.createColors(isTTY === true && pc.isColorSupported);
}

/** A command for an environment of the project, with the options that all of them have. */
export function environmentCommand(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .argument("<environment>", "environment, or one part of it: <environment>.<part>")
    .option("--root <folder>", "folder that contains Pulumi.yaml", path.resolve(import.meta.dirname, ".."))
    .showHelpAfterError();
}

/** Runs a command with the words of the command line. What is refused is said without a stack trace. */
export async function runCommand(command: Command): Promise<void> {
  allowClosedPipe(process.stdout, EXIT.refused);
  try {
    await command.parseAsync();
  } catch (error) {
    const refused = error instanceof ExpectedError;
    console.error(refused ? coloursFor(process.stderr).red(error.message) : error);
    process.exitCode = refused ? EXIT.refused : EXIT.bug;
  }
}
