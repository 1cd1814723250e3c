import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { configPath } from "../../../components/support/messages/config-command.ts";
import { onStack } from "../../on-stack.ts";
import { holderIn } from "../../rotate/lock.ts";
import { SecretValue } from "../secret-value.ts";
import { keptValue } from "./kept-value.ts";
import { EngineError, type Engine, type StateReader } from "./engine.ts";

export interface PulumiCliArgs {
  /** Folder that contains `Pulumi.yaml`. */
  readonly root: string;
  readonly stack: string;
  /** The stack whose file has the configuration. Default: that one. */
  readonly configuredIn?: string;
  /** Default: `pulumi`, as the search path has it. */
  readonly command?: string;
  /** Default: that of this process. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Lines that `pulumi up` prints. Default: nobody listens. */
  readonly onLine?: (line: string) => void;
  readonly signal?: AbortSignal;
}

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Lines of a failed command that are shown. */
const mostLines = 60;

/**
 * A stack by the engine's command line. A secret value only ever passes through standard input and output of
 * `pulumi config`: command lines can be read by everyone on the machine, and files stay.
 */
export function pulumiCli(args: PulumiCliArgs): Engine & StateReader {
  const config = (...words: readonly string[]) => ["config", ...words, "--stack", args.stack, "--non-interactive"];
  const must = async (words: readonly string[], input?: string) => {
    const ended = await run(args, words, input);
    if (ended.code !== 0) throw failed(args, words, ended);
    return ended;
  };
  const secret = async (key: string) => {
    const words = config("get", key);
    const ended = await run(args, words);
    // Any other failure, such as a wrong passphrase, may hide a value that is in use.
    if (ended.code !== 0 && !/configuration key '[^']*' not found/.test(ended.stderr)) throw failed(args, words, ended);
    // It ends the value with one line break of its own.
    const value = ended.stdout.replace(/\n$/, "");
    return ended.code !== 0 || value === "" ? undefined : new SecretValue(value);
  };
  return {
    secret,
    kept: async (name) => {
      const { stdout } = await must(["stack", "export", "--show-secrets", "--non-interactive", "--stack", args.stack]);
      const value = keptValue(stdout, name);
      return value === undefined ? undefined : new SecretValue(value);
    },
    setSecret: async (key, value) => {
      // The CLI takes one line break off the end of what it reads, which may be the value's own.
      await must(config("set", "--secret", key), `${value.reveal()}\n`);
      const kept = await secret(key);
      if (kept?.equals(value) === true) return;
      await must(config("rm", key));
      throw new EngineError(
        `pulumi config keeps another value for ${key} than it was given. The key was removed again.`,
      );
    },
    setFact: async ({ path, value }) => {
      await must([...config("set", "--path", configPath(path)), ...typed(value)]);
    },
    removeFact: async (path) => {
      await must(config("rm", "--path", configPath(path)));
    },
    up: async () => {
      await must(["up", "--yes", "--skip-preview", "--non-interactive", "--color", "never", "--stack", args.stack]);
    },
  };
}

/** A value as the CLI reads it: a text that looks like something else stays a text. */
function typed(value: string | number | boolean): readonly string[] {
  if (typeof value !== "string") return ["--", String(value)];
  const isPlain = /^[A-Za-z_][\w.-]*$/.test(value) && !["true", "false", "null"].includes(value);
  return isPlain ? ["--", value] : ["--type", "string", "--", value];
}

function failed(
  { stack, configuredIn = stack }: PulumiCliArgs,
  words: readonly string[],
  { code, stdout, stderr }: Ended,
): EngineError {
  const command = `pulumi ${words.slice(0, words[0] === "config" ? 2 : 1).join(" ")}`;
  const said = `${stdout}\n${stderr}`.trim().split("\n");
  const names = { stack: configuredIn, deployedBy: stack };
  const shown = said.slice(-mostLines).map((line) => `  ${onStack(line, names)}`);
  const fixes = fixesOf(said.join("\n"), stack).map((fix) => `    ${fix}`);
  return new EngineError([`${command} ended with exit code ${code}:`, ...shown, ...fixes].join("\n"), stack);
}

/** What to do about failures that have nothing to do with the program. */
function fixesOf(said: string, stack: string): readonly string[] {
  if (holderIn(said) !== undefined)
    return [
      "fix: when the run that holds the lock has ended, run this again",
      `or, if it was killed and nobody is at work: pulumi cancel --yes --stack ${stack}, then this again`,
    ];
  if (/language plugin|pulumi-language-nodejs/.test(said))
    return [
      "fix: install the Pulumi CLI of https://www.pulumi.com/docs/install, which has the language host for Node, then run this again",
    ];
  return [];
}

async function run(
  { root, command = "pulumi", environment = process.env, onLine, signal }: PulumiCliArgs,
  words: readonly string[],
  input = "",
): Promise<Ended> {
  const child = spawn(command, [...words], {
    cwd: root,
    env: { ...environment, PULUMI_SKIP_UPDATE_CHECK: "true" },
    stdio: ["pipe", "pipe", "pipe"],
  });
  // The engine ends its steps in order when it is interrupted.
  const interrupt = () => void child.kill("SIGINT");
  signal?.addEventListener("abort", interrupt, { once: true });
  try {
    const ended = new Promise<number>((resolve, reject) => {
      child.once("error", () => {
        reject(new EngineError(`${command} can't be run: install the Pulumi CLI, or put its folder into PATH`));
      });
      child.once("close", (code) => {
        resolve(code ?? 1);
      });
    });
    // What ends before it has read everything is judged by its exit code.
    child.stdin.on("error", () => undefined);
    child.stdin.end(input);
    if (words[0] === "up") child.stdout.on("data", (data: Buffer) => onLine?.(lastLine(data.toString())));
    const [code, stdout, stderr] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
    return { code, stdout, stderr };
  } finally {
    signal?.removeEventListener("abort", interrupt);
  }
}

function lastLine(chunk: string): string {
  return chunk.trim().split("\n").at(-1)?.trim() ?? "";
}
