import { Command, CommanderError } from "commander";
import { allowClosedPipe } from "../components/support/closed-pipe.ts";
import { commands } from "./commands/index.ts";
import { EXIT, exitCodesHelp } from "./exit-codes.ts";

const opening = "Day-two commands for the secrets of this project. None prints a secret value.";

/** The command line, `npx secrets <command>`. */
export function secretsProgram(): Command {
  const program = new Command("secrets")
    .description(opening)
    .usage("<command> [options]")
    .showHelpAfterError("(npx secrets --help lists the commands)")
    .addHelpText("after", `\n${exitCodesHelp}\n\nHelp for one command: npx secrets <command> --help`);
  for (const each of commands) program.addCommand(each());
  for (const each of everyCommand(program)) each.exitOverride();
  return program;
}

function everyCommand(command: Command): readonly Command[] {
  return [command, ...command.commands.flatMap(everyCommand)];
}

/** Runs a command line. */
export async function main(argv: readonly string[]): Promise<void> {
  allowClosedPipe(process.stdout, EXIT.failed);
  const program = secretsProgram();
  if (argv.length <= 2) return program.outputHelp();
  try {
    await program.parseAsync(argv);
  } catch (error) {
    // Help and wrong arguments; commander has printed what there is to say.
    if (!(error instanceof CommanderError)) throw error;
    process.exitCode = error.exitCode === 0 ? EXIT.done : EXIT.refused;
  }
}
