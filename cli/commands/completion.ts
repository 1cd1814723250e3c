import { Argument, type Command } from "commander";
import { completionScript, shells, type Shell } from "../completion/scripts.ts";
import { completionTree } from "../completion/tree.ts";
import { bareCommand } from "../frame.ts";

/** The one command without the common options: a shell reads what it prints. */
export function completionCommand(): Command {
  return bareCommand({
    name: "completion",
    description: "Prints the script by which a shell completes commands, options and environments.",
    examples: [
      ["source <(npx secrets completion bash)", "in this bash; for every one, in ~/.bashrc"],
      ["source <(npx secrets completion zsh)", "in this zsh; for every one, in ~/.zshrc"],
      ["npx secrets completion fish | source", "in this fish"],
      ["npx secrets completion fish > ~/.config/fish/completions/secrets.fish", "for every fish"],
    ],
    exits: { 0: "printed", 2: "another shell is named" },
  })
    .addArgument(new Argument("<shell>", "the shell that reads it").choices(shells))
    .action((shell: Shell, _, command: Command) => {
      process.stdout.write(completionScript(shell, completionTree(command.parent ?? command)));
    });
}
