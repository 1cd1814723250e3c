import { realClock, type Clock } from "../../support/clock.ts";
import { renderRequest } from "../http/request.ts";
import { namedIn } from "../http/named.ts";
import { TargetError, type Login } from "../kind.ts";
import { ask, type WebTarget } from "../web/ask.ts";
import type { HttpProbe, ProbeSpec, ProbeUse } from "./spec.ts";

/** A probe as messages name it: `probe shop (http at https://shop.example)`. */
export function probeText(probe: ProbeSpec): string {
  const place =
    probe.kind === "http"
      ? new URL(probe.request.url).origin
      : `namespace ${probe.job.namespace} of cluster ${probe.job.cluster.name}`;
  return `probe ${probe.name} (${probe.kind} at ${place})`;
}

/** Whether a probe is tried with the name of an account. */
export function needsUsername(probe: ProbeSpec): boolean {
  if (probe.kind === "job") return false;
  return probe.request.authentication === "basic" || namedIn(probe.request).has("username");
}

export interface ProbeArgs {
  readonly use: ProbeUse;
  /** The values that were delivered; an empty name where the probe needs none. */
  readonly login: Login;
  /** Tells these values apart from others, and holds none: what an interrupted run began is found by it. */
  readonly attempt: string;
  /** Default: the real one. */
  readonly clock?: Clock;
}

/** Tries what was delivered: see `ProbeSpec`. */
export type RunProbe = (args: ProbeArgs) => Promise<void>;

/**
 * Sends the probe's request, or runs its Job. Repeating it changes nothing.
 *
 * @throws TargetError saying what it found instead.
 */
export const runProbe: RunProbe = async ({ use: { probe }, login, attempt, clock = realClock }) => {
  if (probe.kind === "http") {
    await sendUntil(probe, login, clock);
    return;
  }
  // Its client is loaded when the first Job is run.
  const { runJob } = await import("../job/actions.ts");
  await runJob({ target: probe.job, administrator: "", login, attempt }, clock);
};

/** How often a request is repeated, in milliseconds. */
const period = 2_000;

async function sendUntil(probe: HttpProbe, login: Login, clock: Clock): Promise<void> {
  const until = clock.now() + probe.withinSeconds * 1_000;
  for (;;) {
    const problem = await sendOnce(probe, login);
    if (problem === undefined) return;
    if (clock.now() >= until) throw problem;
    await clock.sleep(period);
  }
}

/** Why it did not succeed; `undefined` where it did. Nothing of the answer, which may quote what was sent. */
async function sendOnce(probe: HttpProbe, login: Login): Promise<TargetError | undefined> {
  const { name, request, withinSeconds, caBundle } = probe;
  const server: WebTarget = { name, of: "probes", ...(caBundle === undefined ? {} : { caBundle }) };
  try {
    const { status } = await ask(server, renderRequest(request, login, login));
    const { expect } = request;
    if (expect === undefined ? status >= 200 && status < 300 : expect.includes(status)) return undefined;
    return new TargetError(
      `it answers ${request.method} with ${status}, and not with ${expect?.join(" or ") ?? "200 to 299"}, for ${withinSeconds} s`,
      `see why it refuses what its Secret says, or correct probes.${name}`,
    );
  } catch (error) {
    if (error instanceof TargetError) return error;
    throw error;
  }
}
