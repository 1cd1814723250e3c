import { Argument, Command } from "commander";
import { completionScript, shells, type Shell } from "../completion/scripts.ts";
import { completionTree } from "../completion/tree.ts";

/** The one command without the common options: a shell reads what it prints. */
export function completionCommand(): Command {
  return new Command("completion")
    .description("Prints the script by which a shell completes commands, options and environments.")
    .addArgument(new Argument("<shell>", "the shell that reads it").choices(shells))
    .showHelpAfterError("(--help shows how it is used)")
    .addHelpText(
      "after",
      `
Examples:
  source <(npx secrets completion bash)           # in this bash; for every one, in ~/.bashrc
  source <(npx secrets completion zsh)            # in this zsh; for every one, in ~/.zshrc
  npx secrets completion fish | source            # in this fish
  npx secrets completion fish > ~/.config/fish/completions/secrets.fish`,
    )
    .action((shell: Shell, _, command: Command) => {
      process.stdout.write(completionScript(shell, completionTree(command.parent ?? command)));
    });
}
