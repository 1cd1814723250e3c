import { isMadeHere } from "../../components/values/secret-spec.ts";
import type { Environment } from "../../stacks/config/environment.ts";
import { EngineError } from "../migrate/run/engine.ts";
import { holderIn, holderText } from "./lock.ts";
import { standingOf, type Standing } from "./standing.ts";
import { step, type RotationTools } from "./tools.ts";

/** A rotation that did not get to its end. Its message says how far it came, and what to do: running again finishes it. */
export class RotationStopped extends Error {
  override readonly name = "RotationStopped";
}

export interface UpOptions {
  /** Secrets that the run is about, for messages. */
  readonly ids: readonly string[];
  /** How long another run is waited for, in milliseconds. */
  readonly waitMs: number;
}

/** Time between two attempts while another run is at work, in milliseconds. */
const between = 5_000;

/**
 * Runs the engine. Another run is waited for as long as was asked.
 *
 * @throws RotationStopped where another run is at work, or where the engine fails.
 */
export async function runUp(tools: RotationTools, { ids, waitMs }: UpOptions): Promise<void> {
  const until = tools.now().getTime() + waitMs;
  for (;;) {
    step(tools, "pulumi up");
    try {
      await tools.engine.up(ids);
      return;
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      const holder = holderIn(error.message);
      if (holder === undefined) throw new RotationStopped(await failure(tools, ids, error.message));
      const left = until - tools.now().getTime();
      if (left <= 0) {
        throw new RotationStopped(locked(tools, { ids, holder: holderText(holder), ofStack: error.ofStack }));
      }
      step(tools, `waiting for another run: ${holderText(holder)}`);
      await tools.pause(Math.min(between, left));
    }
  }
}

interface Locked {
  readonly ids: readonly string[];
  readonly holder: string;
  /** The stack whose lock it is: that of a part has one of its own. */
  readonly ofStack: string | undefined;
}

function locked({ stack }: RotationTools, { ids, holder, ofStack = stack }: Locked): string {
  return (
    `Another run is at work on stack ${ofStack}: ${holder}. This one made no value; the new epochs of ${ids.join(", ")} stand in Pulumi.${stack}.yaml.\n` +
    `    fix: when it has ended, run the same command again, which carries them out (--wait <minutes> waits for it)\n` +
    `    or, if it was killed and nobody is at work: pulumi cancel --stack ${ofStack}, then the same command again`
  );
}

const standings: Readonly<Record<Standing, string>> = {
  done: "rotated to its end",
  begun: "begun: the new value is in the state, and what has not got it keeps the previous one",
  moved: "not begun: no new value was made, and everything keeps the previous one",
  absent: "not begun: no value was made yet",
};

async function failure(tools: RotationTools, ids: readonly string[], said: string): Promise<string> {
  const lines = await standingLines(tools, ids);
  return (
    `The rotation is not finished:\n${lines.map((line) => `  ${line}`).join("\n")}\n${said}\n` +
    "    fix: put right what is said above, then run the same command again: it goes on with the same new values"
  );
}

async function standingLines(tools: RotationTools, ids: readonly string[]): Promise<readonly string[]> {
  const answer = await tools.state();
  if ("refused" in answer) return [`${ids.join(", ")}: how far it came is not known (${answer.refused})`];
  const environment = await tools.load();
  return specsOf(environment, ids).map((spec) => `${spec.id}: ${standings[standingOf(spec, answer.value.kept)]}`);
}

function specsOf({ secrets }: Environment, ids: readonly string[]) {
  return secrets.filter((spec) => isMadeHere(spec) && ids.includes(spec.id));
}
