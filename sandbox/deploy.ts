import path from "node:path";
import pc from "picocolors";
import type { EnvironmentOutputs } from "../stacks/outputs/index.ts";
import type { Connection } from "./connection.ts";
import { readDelivered, type DeliveredSecret } from "./delivered.ts";
import { EventLog } from "./engine/events.ts";
import { environmentOutputs } from "./engine/outputs.ts";
import { ensureFixtures } from "./fixtures.ts";
import { recoverFromKill } from "./engine/recover.ts";
import { openStack, type OpenStackOptions } from "./engine/stack.ts";
import { formatDuration } from "./support/format.ts";
import { InterruptedError, messageOf, SandboxError } from "./support/errors.ts";
import { withLock } from "./support/lock.ts";
import type { Progress } from "./support/progress.ts";
import { deliveredTable } from "./terminal/delivered-table.ts";

export interface DeploySandboxOptions {
  readonly connection: Connection;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/** Deploys the stack `sandbox` and shows what arrived where. */
export async function deploySandbox({ connection, progress, signal }: DeploySandboxOptions): Promise<void> {
  const started = performance.now();
  let events = new EventLog();
  let delivered: readonly DeliveredSecret[] = [];
  await withStackLock(connection, signal, async () => {
    let outputs: EnvironmentOutputs | undefined;
    await progress.run({
      title: "Deploy",
      concurrency: 1,
      signal,
      steps: [
        { title: "Argo CD's own Secret, as its installer leaves it", run: () => ensureFixtures(connection.kubeconfig) },
        {
          title: "pulumi up, stack sandbox",
          run: async (note, stepSignal) => {
            ({ events, outputs } = await updateStack({ connection, signal: stepSignal, note }));
            note(summaryOf(events));
          },
        },
        {
          title: "sync",
          run: async (note) => {
            if (outputs === undefined) return;
            delivered = await readDelivered(connection.kubeconfig, outputs);
            note(`${delivered.filter(({ synced }) => synced !== false).length} of ${delivered.length} Secrets`);
          },
        },
      ],
    });
  });
  for (const note of events.notes) console.log(note);
  for (const { text } of events.diagnostics) console.log(pc.yellow(text));
  console.log(deliveredTable(delivered, new Date()));
  console.log(
    `${summaryOf(events)} in ${formatDuration(performance.now() - started)}. Provided values are demo values.`,
  );
}

/** Runs `body` while no other run of this platform changes the stack. */
export async function withStackLock<T>(
  connection: Connection,
  signal: AbortSignal,
  body: () => Promise<T>,
): Promise<T> {
  const onBusy = ({ pid }: { pid: number }) => {
    throw new SandboxError({
      what: `Another run is deploying to this platform (pid ${pid}).`,
      fix: `Wait for it, or stop it: kill ${pid}`,
    });
  };
  return withLock(path.join(connection.root, "stack.lock"), { onBusy, signal }, body);
}

export interface UpdateOptions extends OpenStackOptions {
  readonly signal: AbortSignal;
  readonly note: (text: string) => void;
}

/** `pulumi up`. Ends the engine's lock that a killed run left: the caller holds ours, so no other run is alive. */
export async function updateStack(
  options: UpdateOptions,
): Promise<{ readonly events: EventLog; readonly outputs: EnvironmentOutputs }> {
  const stack = await openStack(options);
  const events = new EventLog();
  await stack.cancel().catch(() => undefined);
  await recoverFromKill(stack);
  try {
    await stack.up({
      signal: options.signal,
      suppressProgress: true,
      onEvent: (event) => {
        options.note(events.add(event));
      },
    });
    await events.complete();
    return { events, outputs: environmentOutputs(events) };
  } catch (error) {
    throw options.signal.aborted ? new InterruptedError() : updateFailure(events, error);
  }
}

function updateFailure(events: EventLog, error: unknown): SandboxError {
  const said = events.diagnostics.filter(({ severity }) => severity === "error").map(({ text }) => text);
  return new SandboxError({
    what: "pulumi up failed.",
    why: said.length === 0 ? messageOf(error) : said.join("\n"),
    fix: "Fix the cause and run npm start again; completed steps are not repeated.",
  });
}

/** What happened, in a few words. */
export function summaryOf(events: EventLog): string {
  if (events.changes === 0) return "No changes";
  const past: Readonly<Record<string, string>> = {
    create: "created",
    update: "updated",
    delete: "deleted",
    replace: "replaced",
  };
  const parts = [...events.operations]
    .filter(([op]) => past[op] !== undefined)
    .map(([op, count]) => `${count} ${past[op]}`);
  return parts.join(", ");
}
