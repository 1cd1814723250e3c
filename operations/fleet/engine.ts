import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { z } from "zod";
import { ExpectedError } from "../../components/support/messages/errors.ts";
import type { MoveTools } from "./move.ts";
import type { LastRun } from "./order.ts";
import { exportedState, type ExportedState } from "./state.ts";

export interface FleetEngineArgs {
  /** Folder that contains `Pulumi.yaml`. */
  readonly root: string;
  /** Where keys of secret values are kept, as the environment's file says (`secretsprovider`). Default: a passphrase. */
  readonly secretsProvider?: string;
  /** Default: `pulumi`, as the search path has it. */
  readonly command?: string;
  /** Default: that of this process. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

/** The stacks of a project by the engine's command line. It is not interrupted between two states: each call is short. */
export interface FleetEngine extends Pick<MoveTools, "state" | "move" | "replace"> {
  /** Names of the stacks that there are. */
  readonly stacks: () => Promise<ReadonlySet<string>>;
  readonly init: (stack: string) => Promise<void>;
  /** The newest run of a stack that there is; `undefined` where it was never run. */
  readonly lastRun: (stack: string) => Promise<LastRun | undefined>;
}

/** What is read of the history (pulumi `pkg/cmd/pulumi/stack/stack_history.go`): no configuration, and no message. */
const history = z
  .array(
    z.object({
      kind: z.string(),
      result: z.string().default("in-progress"),
      environment: z.object({ "git.head": z.string().optional() }).nullish(),
    }),
  )
  .nullable();

const stackList = z.array(z.object({ name: z.string() }));

export function fleetEngine({ root, secretsProvider, command = "pulumi", environment }: FleetEngineArgs): FleetEngine {
  const ask = async (words: readonly string[], input?: string): Promise<string> => {
    const child = spawn(command, [...words, "--non-interactive"], {
      cwd: root,
      // Ctrl-C at the terminal ends this command between two calls, and not the engine within one.
      detached: true,
      env: { ...(environment ?? process.env), PULUMI_SKIP_UPDATE_CHECK: "true" },
      stdio: ["pipe", "pipe", "pipe"],
    });
    const ended = new Promise<number>((resolve, reject) => {
      child.once("error", () => {
        reject(
          new ExpectedError(`${command} can't be run\n    fix: install the Pulumi CLI, or put its folder into PATH`),
        );
      });
      child.once("close", (code) => {
        resolve(code ?? 1);
      });
    });
    child.stdin.on("error", () => undefined);
    child.stdin.end(input ?? "");
    const [code, stdout, stderr] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
    if (code === 0) return stdout;
    // What it prints to its standard output may be a state, and is not shown.
    throw new ExpectedError(`pulumi ${words.slice(0, 2).join(" ")} ended with exit code ${code}:\n  ${stderr.trim()}`);
  };
  const stacks = async () => {
    const found = stackList.parse(JSON.parse(await ask(["stack", "ls", "--json"])));
    return new Set(found.map(({ name }) => name.split("/").at(-1) ?? name));
  };
  return {
    stacks,
    init: async (stack) => {
      const provider = secretsProvider === undefined ? [] : ["--secrets-provider", secretsProvider];
      await ask(["stack", "init", stack, "--no-select", ...provider]);
    },
    state: async (stack): Promise<ExportedState | undefined> => {
      if (!(await stacks()).has(stack)) return undefined;
      return exportedState.parse(JSON.parse(await ask(["stack", "export", "--stack", stack])));
    },
    lastRun: async (stack) => {
      const words = ["stack", "history", "--json", "--page-size", "1", "--page", "1", "--stack", stack];
      const [last] = history.parse(JSON.parse(await ask(words))) ?? [];
      if (last === undefined) return undefined;
      const commit = last.environment?.["git.head"];
      return { kind: last.kind, result: last.result, ...(commit === undefined ? {} : { commit }) };
    },
    move: async ({ source, target, urns }) => {
      await ask(["state", "move", "--yes", "--source", source, "--dest", target, ...urns]);
    },
    replace: async (stack, state) => {
      await ask(["stack", "import", "--stack", stack], JSON.stringify(state));
    },
  };
}
