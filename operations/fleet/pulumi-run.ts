import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { z } from "zod";
import { parsedJson } from "../../components/support/json-object.ts";
import { onStack, type StackNames } from "../on-stack.ts";
import { holderIn, holderText } from "../rotate/lock.ts";
import type { FleetAction, PartResult } from "./model.ts";
import type { RunPart } from "./run.ts";

export interface PulumiRunArgs {
  /** Folder that contains `Pulumi.yaml`. */
  readonly root: string;
  readonly action: FleetAction;
  /** The stack whose file has the configuration of all parts. */
  readonly configuredIn: string;
  /** Default: `pulumi`, as the search path has it. */
  readonly command?: string;
  /** Default: that of this process. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly signal?: AbortSignal;
}

/** What is read of the engine's events (pulumi `sdk/go/common/apitype/events.go`): operations, types and messages. */
const event = z.object({
  resourcePreEvent: z.object({ metadata: z.object({ op: z.string() }) }).optional(),
  resOutputsEvent: z.object({ metadata: z.object({ op: z.string() }) }).optional(),
  summaryEvent: z.object({ resourceChanges: z.record(z.string(), z.number()).nullish() }).optional(),
  diagnosticEvent: z
    .object({
      severity: z.string(),
      message: z.string(),
      color: z.string().optional(),
      ephemeral: z.boolean().optional(),
    })
    .optional(),
});

/** Most lines of what the engine said of a part that failed. */
const mostLines = 40;

/**
 * Runs a command of the engine for one stack, and follows its events. It is a process group of its own: Ctrl-C at the
 * terminal reaches it once, through the signal, since a second one would end it without giving its lock back.
 */
export function pulumiRun({
  root,
  action,
  configuredIn,
  command = "pulumi",
  environment,
  signal,
}: PulumiRunArgs): RunPart {
  return async (stack, onStep) => {
    const started = performance.now();
    const child = spawn(command, [...wordsOf(action), "--stack", stack], {
      cwd: root,
      detached: true,
      env: {
        ...(environment ?? process.env),
        PULUMI_SKIP_UPDATE_CHECK: "true",
        // `preview --json` prints events as they come then, as `up --json` does, instead of one document at the end.
        PULUMI_ENABLE_STREAMING_JSON_PREVIEW: "true",
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const interrupt = () => void child.kill("SIGINT");
    signal?.addEventListener("abort", interrupt, { once: true });
    if (signal?.aborted === true) interrupt();
    const followed = new Followed(onStep);
    try {
      const ended = new Promise<number | "missing">((resolve) => {
        child.once("error", () => {
          resolve("missing");
        });
        child.once("close", (code) => {
          resolve(code ?? 1);
        });
      });
      const lines = createInterface({ input: child.stdout });
      lines.on("line", (line) => {
        followed.line(line);
      });
      const [code, stderr] = await Promise.all([ended, text(child.stderr)]);
      const seconds = Math.round((performance.now() - started) / 100) / 10;
      const result = { seconds, changes: followed.changes };
      if (code === 0) return { outcome: "done", ...result };
      const message =
        code === "missing"
          ? notInstalled(command)
          : failure({ stack: configuredIn, deployedBy: stack }, followed.said, stderr);
      return { outcome: signal?.aborted === true ? "interrupted" : "failed", ...result, message };
    } finally {
      signal?.removeEventListener("abort", interrupt);
    }
  };
}

function wordsOf(action: FleetAction): readonly string[] {
  const common = ["--json", "--non-interactive", "--color", "never"];
  switch (action) {
    case "up":
      return ["up", "--yes", "--skip-preview", ...common];
    case "preview":
      return ["preview", ...common];
    case "destroy":
      return ["destroy", "--yes", "--skip-preview", ...common];
  }
}

/** What is known of a run from its events. */
class Followed {
  changes: Readonly<Record<string, number>> = {};
  readonly said: string[] = [];
  readonly #onStep: (text: string) => void;
  #begun = 0;
  #ended = 0;

  constructor(onStep: (text: string) => void) {
    this.#onStep = onStep;
  }

  line(line: string): void {
    const found = event.safeParse(parsedJson(line));
    if (!found.success) {
      // Before the engine runs, its command line says what is wrong in words.
      if (line.trim() !== "" && !line.startsWith("{")) this.said.push(line);
      return;
    }
    const { resourcePreEvent, resOutputsEvent, summaryEvent, diagnosticEvent } = found.data;
    if (resourcePreEvent !== undefined) this.#begun += 1;
    if (resOutputsEvent !== undefined) this.#ended += 1;
    if (resourcePreEvent !== undefined || resOutputsEvent !== undefined) {
      this.#onStep(`${this.#ended} of ${this.#begun} resources`);
    }
    if (summaryEvent?.resourceChanges) this.changes = summaryEvent.resourceChanges;
    if (diagnosticEvent?.severity === "error" && diagnosticEvent.ephemeral !== true) {
      this.said.push(...plain(diagnosticEvent.message).trim().split("\n"));
    }
  }
}

/** Without the marks that colours are made of (`<{%fg 1%}>`). */
function plain(message: string): string {
  return message.replaceAll(/<\{%[^%]*%\}>/g, "");
}

function notInstalled(command: string): string {
  return `${command} can't be run\n    fix: install the Pulumi CLI, or put its folder into PATH`;
}

/** What went wrong, and what explains a lock that another run has, or has left. */
function failure(stacks: StackNames, said: readonly string[], stderr: string): NonNullable<PartResult["message"]> {
  const all = [...said, ...stderr.trim().split("\n")].filter((line) => line.trim() !== "");
  const holder = holderIn(all.join("\n"));
  const fix =
    holder === undefined
      ? []
      : [
          `    fix: wait for the run that has the lock (${holderText(holder)}), then run this again`,
          `    or, if it was killed and nobody is at work: pulumi cancel --yes --stack ${stacks.deployedBy}, then this again`,
        ];
  const shown = [...new Set(all)].slice(-mostLines).map((line) => onStack(line, stacks));
  return [...(shown.length === 0 ? ["the engine ended without a word"] : shown), ...fix].join("\n");
}
