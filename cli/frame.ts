import path from "node:path";
import { Command, Option } from "commander";
import { printable } from "../components/support/messages/printable.ts";
import { EXIT, FailedError, type ExitCode, type ExitMeanings } from "./exit-codes.ts";
import { progressOn, type Progress } from "./progress.ts";

/** The folder of this project. */
const projectRoot = path.resolve(import.meta.dirname, "..");

/** Options of every command. */
export interface CommonOptions {
  readonly json: boolean;
  /** Folder that contains `Pulumi.yaml`. */
  readonly root: string;
}

/** What a command has found or done. */
export interface Result {
  /** For people. */
  readonly text: () => string;
  /** What `--json` prints. */
  readonly data: unknown;
  /** Default: done. */
  readonly code?: ExitCode;
}

/** What a command gets to work with. */
export interface Session {
  readonly json: boolean;
  readonly root: string;
  /** Prints the result, once for each command, and returns its exit code. */
  readonly print: (result: Result) => ExitCode;
  /** A line for people while it runs, on standard error. Nothing with `--json`. */
  readonly note: (line: string) => void;
  /** On a terminal only. */
  readonly progress: Progress;
  /** Aborted by Ctrl-C, SIGTERM or SIGHUP. */
  readonly signal: AbortSignal;
}

export interface GroupHelp {
  readonly name: string;
  /** What it does, as one sentence. */
  readonly description: string;
  /** Commands that work when typed, each with what it does. */
  readonly examples: readonly (readonly [command: string, effect: string])[];
}

export interface CommandHelp extends GroupHelp {
  /** Exit codes that it ends with, besides those that every command has for a bug and an interruption. */
  readonly exits: ExitMeanings;
}

const exitsOfCommands = new WeakMap<Command, ExitMeanings>();

/** Exit codes of a command as its help lists them. `undefined` for a command that only has commands of its own. */
export function exitsOf(command: Command): ExitMeanings | undefined {
  return exitsOfCommands.get(command);
}

/** The page of a command, below the project's folder. */
export function pageOf(command: Command): string {
  const names: string[] = [];
  for (let each: Command | null = command; each?.parent; each = each.parent) names.unshift(each.name());
  return `docs/commands/${names.join("-")}.md`;
}

/** A command with the options that all of them have. */
export function secretsCommand(help: CommandHelp): Command {
  return bareCommand(help)
    .option("--json", "print JSON", false)
    .addOption(new Option("--root <folder>", "folder that contains Pulumi.yaml").default(projectRoot, "this project"));
}

/** A command without options of its own. */
export function bareCommand({ name, description, examples, exits }: CommandHelp): Command {
  const command = new Command(name).description(description).showHelpAfterError("(--help shows how it is used)");
  exitsOfCommands.set(command, exits);
  const codes = Object.entries(exits).map(([code, meaning]) => `  ${code}    ${meaning}`);
  return withExamples(command, examples)
    .addHelpText("after", `\nExit codes:\n${codes.join("\n")}`)
    .addHelpText("after", ({ command: shown }) => `\nOutput of each, and its JSON: ${pageOf(shown)}`);
}

function withExamples(command: Command, examples: CommandHelp["examples"]): Command {
  const width = Math.max(0, ...examples.map(([line]) => line.length));
  const lines = examples.map(([line, effect]) => `  ${line.padEnd(width)}  # ${effect}`);
  return command.addHelpText("after", `\nExamples:\n${lines.join("\n")}`);
}

/** A command that only has commands of its own. */
export function secretsGroup({ name, description, examples }: GroupHelp, commands: readonly Command[]): Command {
  const group = new Command(name).description(description).showHelpAfterError("(--help lists its commands)");
  for (const each of commands) group.addCommand(each);
  return withExamples(group, examples);
}

/**
 * Runs what a command does, and sets the exit code. What is refused or fails is said in one message, on standard error,
 * and as `{"error": {"kind", "message"}}` on standard output with `--json`. There is no stack trace, and no message of an
 * error that nobody expected, since such a message may quote a value.
 */
export async function run(
  { json, root }: CommonOptions,
  work: (session: Session) => Promise<ExitCode | void>,
): Promise<void> {
  const interrupt = interruptSignal();
  const progress = progressOn(json ? { isTTY: false, columns: 0, write: () => true } : process.stderr);
  const session: Session = {
    json,
    root,
    progress,
    signal: interrupt.signal,
    print: ({ text, data, code = EXIT.done }) => {
      progress.end();
      process.stdout.write(json ? `${JSON.stringify(data, undefined, 2)}\n` : text());
      return code;
    },
    note: (line) => {
      progress.end();
      if (!json) console.error(printable(line));
    },
  };
  try {
    process.exitCode = (await work(session)) ?? EXIT.done;
  } catch (error) {
    progress.end();
    await fail(error, { json, interrupted: interrupt.signal.aborted });
  } finally {
    interrupt.release();
  }
}

async function fail(
  error: unknown,
  { json, interrupted }: { readonly json: boolean; readonly interrupted: boolean },
): Promise<void> {
  const { kind, message, code } = await described(error, interrupted);
  console.error(message);
  if (json) process.stdout.write(`${JSON.stringify({ error: { kind, message } }, undefined, 2)}\n`);
  process.exitCode = code;
}

async function described(error: unknown, interrupted: boolean) {
  if (interrupted) {
    const message = "Interrupted. Run the same command again to continue.";
    return { kind: "interrupted", message, code: EXIT.interrupted };
  }
  if (error instanceof FailedError) return { kind: "failed", message: printable(error.message), code: EXIT.failed };
  // Not at the top: it loads Pulumi's SDK, which `--help` does not need.
  const { ExpectedError } = await import("../components/support/messages/errors.ts");
  if (error instanceof ExpectedError) return { kind: "refused", message: error.message, code: EXIT.refused };
  return { kind: "bug", message: bugMessage(error), code: EXIT.bug };
}

/** The class of an error, and the first place in this project that it comes from. */
function bugMessage(error: unknown): string {
  const name = error instanceof Error ? error.constructor.name : typeof error;
  const frames = error instanceof Error ? (error.stack ?? "").split("\n") : [];
  const place = frames
    .filter((line) => /^\s+at /.test(line) && line.includes(`${projectRoot}/`) && !line.includes("/node_modules/"))
    .map((line) => /^[^:]+:\d+/.exec(line.slice(line.indexOf(projectRoot) + projectRoot.length + 1))?.[0])
    .find((each) => each !== undefined);
  return (
    `This is a bug of secrets: ${name}${place === undefined ? "" : ` at ${place}`}. ` +
    "The error's own message is not shown, because it may quote a value."
  );
}

/** The first signal lets the work end in order; a second one ends the process. */
function interruptSignal() {
  const controller = new AbortController();
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  const stop = () => {
    if (controller.signal.aborted) process.exit(EXIT.interrupted);
    controller.abort();
  };
  for (const each of signals) process.on(each, stop);
  const release = () => {
    for (const each of signals) process.off(each, stop);
  };
  return { signal: controller.signal, release };
}
