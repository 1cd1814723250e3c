import { Listr, type ListrTask } from "listr2";
import pc from "picocolors";
import { InterruptedError } from "../support/errors.ts";
import type { Progress, Step, StepGroup } from "../support/progress.ts";

/** Seconds between two lines about one step where nothing can be drawn over: a build log, a pipe. */
const QUIET_SECONDS = 30;

/** Progress on a terminal: a list that is redrawn, or plain lines when the output is no terminal. */
export function terminalProgress(): Progress {
  return {
    info: (text) => {
      console.log(text);
    },
    run: runGroup,
  };
}

async function runGroup({ title, steps, concurrency, signal }: StepGroup): Promise<void> {
  const stop = new AbortController();
  const signals = signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]);
  const failures: Error[] = [];
  const onFailure = (error: Error) => {
    failures.push(error);
    stop.abort();
  };
  const list = new Listr(
    steps.map((step) => taskOf(step, signals, onFailure)),
    {
      concurrent: concurrency ?? true,
      // Ctrl-C is the command line's business: listr2's own handler would end the process before anything is tidied up.
      registerSignalListeners: false,
      // The siblings of a failed step are told to stop; leaving before they have would leave their processes behind.
      exitOnError: false,
      rendererOptions: { collapseErrors: false, collapseSkips: false },
      fallbackRenderer: "simple",
    },
  );
  console.log(pc.bold(title));
  await list.run();
  // The siblings of a failed step end as "interrupted": the reason is the one that is not.
  const reason = failures.find((failure) => !(failure instanceof InterruptedError)) ?? failures[0];
  if (reason !== undefined) throw reason;
}

function taskOf(step: Step, signal: AbortSignal, onFailure: (error: Error) => void): ListrTask {
  return {
    title: step.title,
    task: async (_context, task) => {
      let last = performance.now();
      const draws = process.stdout.isTTY;
      const note = (text: string) => {
        if (draws) {
          task.title = `${step.title}: ${text}`;
          return;
        }
        if (performance.now() - last < QUIET_SECONDS * 1000) return;
        last = performance.now();
        task.output = text;
      };
      let final = "";
      try {
        if (signal.aborted) throw new InterruptedError();
        await step.run((text) => {
          final = text;
          note(text);
        }, signal);
        if (final !== "") task.title = `${step.title}: ${final}`;
      } catch (error) {
        onFailure(error instanceof Error ? error : new Error(String(error)));
        if (error instanceof InterruptedError) task.skip("stopped");
        // The whole message comes at the end, once, where it is not drawn over.
        else throw new Error("see below", { cause: error });
      }
    },
  };
}
