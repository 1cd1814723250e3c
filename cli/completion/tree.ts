import type { Argument, Command, Option } from "commander";

/** What completion knows of one command: of the program itself, or of one below it. */
export interface CompletionNode {
  /** Names from the program down, without its own: `migrate read`. Empty for the program. */
  readonly path: string;
  readonly commands: readonly Named[];
  readonly options: readonly CompletionOption[];
  /** What its arguments may be. */
  readonly words: Words;
}

export interface Named {
  readonly name: string;
  readonly description: string;
}

export interface CompletionOption {
  /** `--json` or `-h`. */
  readonly flags: readonly string[];
  readonly description: string;
  /** What follows it. Default: it takes no value. */
  readonly value?: Words;
}

/** Words that can be typed: these, the stacks that have a file `Pulumi.<stack>.yaml`, or files. */
export type Words = { readonly choices: readonly string[] } | "stacks" | "files" | "none";

/** Every command of a program, the program first. Help is among its options, and its command `help` is left out. */
export function completionTree(program: Command): readonly CompletionNode[] {
  return nodesOf(program, "");
}

function nodesOf(command: Command, path: string): readonly CompletionNode[] {
  const shown = command.createHelp();
  const below = command.commands.filter((each) => each.name() !== "help");
  return [
    {
      path,
      commands: below.map((each) => ({ name: each.name(), description: each.description() })),
      options: shown.visibleOptions(command).map(optionOf),
      words: wordsOfArguments(command.registeredArguments),
    },
    ...below.flatMap((each) => nodesOf(each, `${path} ${each.name()}`.trim())),
  ];
}

function optionOf({ short, long, description, required, optional, argChoices }: Option): CompletionOption {
  const flags = [short, long].flatMap((each) => each ?? []);
  if (!required && !optional) return { flags, description };
  if (argChoices !== undefined) return { flags, description, value: { choices: argChoices } };
  return { flags, description, value: long === "--stack" ? "stacks" : "files" };
}

/** Names of arguments that are, or begin with, an environment. */
const stacks = /^(?:environment|stack|target)$/;

function wordsOfArguments([first]: readonly Argument[]): Words {
  if (first === undefined) return "none";
  if (first.argChoices !== undefined) return { choices: first.argChoices };
  return stacks.test(first.name()) ? "stacks" : "files";
}
