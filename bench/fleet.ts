import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { loadavg, tmpdir } from "node:os";
import path from "node:path";
import { fleetEngine } from "../operations/fleet/engine.ts";
import { isDone, type FleetAction } from "../operations/fleet/model.ts";
import { linkPart, writeParts } from "../operations/fleet/parts-file.ts";
import { fullPart, planFleet } from "../operations/fleet/plan.ts";
import { pulumiRun } from "../operations/fleet/pulumi-run.ts";
import { runFleet } from "../operations/fleet/run.ts";
import { loadStack } from "../preview/preview.ts";
import { connectionEnvironment, SANDBOX_STACK, type Connection } from "../sandbox/connection.ts";
import { pulumiWithHost, startLanguageHost } from "../sandbox/engine/language-host.ts";
import { layoutOf } from "../sandbox/layout.ts";
import { wholeOf } from "../stacks/config/environment.ts";
import { benchCatalogue } from "./catalogue.ts";
import { shown, type FigureLog } from "./figures.ts";
import { benchPolicies, openBenchStack } from "./open-stack.ts";
import { ProcessWatch, usedByRun } from "./processes.ts";

/** How many times as many secrets the environment has as the one that it is compared with. */
export const fleetFactor = 10;

/** An environment of some size, as `secrets fleet` plans and runs it. Times in milliseconds. A stopped run has the first of them. */
export interface FleetRun {
  readonly secrets: number;
  readonly stacks: number;
  up?: number;
  sameUp?: number;
  destroy?: number;
  /** Largest single process of each role at the first `up`, in bytes. */
  processes?: Readonly<Record<string, number>>;
}

export interface FleetBenchOptions {
  readonly connection: Connection;
  /** Namespaces of the committed facts, which the bench removes. */
  readonly committedNamespaces: readonly string[];
  readonly figures: FigureLog;
  readonly say: (text: string) => void;
  readonly signal: AbortSignal;
  /** Parts at a time. */
  readonly parallel: number;
  /** Resources at which a part is full. Default: as `secrets fleet plan` has it. */
  readonly full?: number;
}

/**
 * Deploys an environment of `secrets` secrets by `secrets fleet`, again without changes, and destroys it. Engine and
 * program are processes of their own for each part, as they are for people; only the CLI of `secrets` is this process.
 */
export async function runFleetOf(
  options: FleetBenchOptions,
  secrets: number,
  keep: (run: FleetRun) => void,
): Promise<void> {
  const { connection, figures, say, signal, parallel } = options;
  const { project, parts } = await planned(options, secrets);
  const run: FleetRun = { secrets, stacks: parts.length };
  keep(run);
  say(
    `${secrets} secrets: ${stacksOf(parts.length)}, ${parallel} at a time, load average ${(loadavg()[0] ?? 0).toFixed(1)}`,
  );
  const host = await startLanguageHost({
    main: "bench/fleet-program.js",
    variables: { BENCH_SECRETS: String(secrets) },
  });
  const folder = await mkdtemp(path.join(tmpdir(), "bench-fleet-"));
  const command = path.join(folder, "pulumi");
  const watch = new ProcessWatch(connection.root);
  const environment = {
    ...process.env,
    ...connectionEnvironment(connection),
    PULUMI_STANDIN_HELM: connection.binaries.helm,
    PATH: [layoutOf(connection.root).bin, process.env["PATH"] ?? ""].join(path.delimiter),
  };
  const phase = async (name: string, action: FleetAction) => {
    await watch.lap();
    const started = performance.now();
    let done = 0;
    const report = await runFleet({
      environment: SANDBOX_STACK,
      action,
      parts,
      parallel,
      signal,
      run: pulumiRun({ root: project, action, configuredIn: SANDBOX_STACK, command, environment, signal }),
      onProgress: (progress) => {
        if (progress.done > done) say(`    ${name}: ${progress.done} of ${progress.all} stacks`);
        done = progress.done;
      },
    });
    const value = Math.round(performance.now() - started);
    signal.throwIfAborted();
    if (!isDone(report)) throw new Error(report.parts.flatMap(({ message }) => message ?? []).join("\n"));
    const { roles, peakBytes } = await watch.lap();
    const add = (what: string, figure: number, unit: "duration" | "bytes", detail?: unknown) =>
      figures.add({
        name: `fleet, ${name}${what}`,
        secrets,
        value: figure,
        unit,
        ...(detail === undefined ? {} : { detail }),
      });
    await add("", value, "duration", { parts: report.parts, parallel, loadAverage: loadavg()[0] });
    const { roles: ours, cpuMs } = usedByRun(roles);
    await add(", CPU time of program, engine and plugins", cpuMs, "duration", roles);
    await add(", peak memory of all of them at once", peakBytes, "bytes");
    const processes = Object.fromEntries(Object.entries(ours).map(([role, { largestBytes }]) => [role, largestBytes]));
    for (const [role, bytes] of Object.entries(processes)) await add(`, largest process: ${role}`, bytes, "bytes");
    return { value, processes };
  };
  try {
    await writeFile(command, pulumiWithHost(connection.binaries.pulumi, host));
    await chmod(command, 0o755);
    const engine = fleetEngine({ root: project, command, environment });
    const existing = await engine.stacks();
    for (const { stack } of parts) if (!existing.has(stack)) await engine.init(stack);
    const up = await phase("up", "up");
    run.up = up.value;
    run.processes = up.processes;
    run.sameUp = (await phase("up without changes", "up")).value;
    run.destroy = (await phase("destroy", "destroy")).value;
  } finally {
    watch.stop();
    host.stop();
    await rm(folder, { recursive: true });
  }
}

/** Writes the facts of the environment, and spreads its applications as `secrets fleet plan --write` does. */
async function planned({ connection, committedNamespaces, full = fullPart }: FleetBenchOptions, secrets: number) {
  const catalogue = benchCatalogue(secrets);
  const stack = await openBenchStack({ connection, catalogue, committedNamespaces, install: false });
  const project = stack.workspace.workDir;
  const whole = wholeOf(
    await loadStack({
      root: project,
      stack: SANDBOX_STACK,
      catalogue,
      policies: benchPolicies,
      withoutParts: true,
      now: new Date(),
    }),
  );
  const none = () => Promise.resolve(undefined);
  const { plan, assigned } = await planFleet({
    whole,
    stack: SANDBOX_STACK,
    assigned: new Map(),
    project: stack.workspace.workDir,
    full,
    state: none,
  });
  if (assigned.size > 0) {
    const name = (await stack.workspace.projectSettings()).name;
    await writeParts({ root: project, environment: SANDBOX_STACK, project: name }, assigned);
  }
  for (const part of plan.parts) await linkPart(project, SANDBOX_STACK, part.stack);
  return { project, parts: plan.parts };
}

/** Both sizes beside each other, with the ratios that `docs/performance.md` has targets for. */
export function describeFleet(runs: readonly FleetRun[]): string {
  const [small, large] = runs;
  if (small === undefined) return "fleet: nothing was measured";
  const times = ({ secrets, stacks, up, sameUp, destroy }: FleetRun) =>
    `fleet: ${secrets} secrets in ${stacksOf(stacks)}: up ${time(up)}, without changes ${time(sameUp)}, destroy ${time(destroy)}`;
  const ratio = (of: "up" | "sameUp" | "destroy") => {
    const [from, to] = [small[of], large?.[of]];
    return from === undefined || to === undefined ? "-" : `${(to / from).toFixed(1)} x`;
  };
  const processes = Object.entries(large?.processes ?? {}).map(
    ([role, bytes]) => `${role} ${shown(small.processes?.[role] ?? 0, "bytes")} → ${shown(bytes, "bytes")}`,
  );
  return [
    ...runs.map(times),
    ...(large === undefined
      ? []
      : [
          `fleet: ${large.secrets} against ${small.secrets} secrets: up ${ratio("up")} (target 12 x for ten times as many), without changes ${ratio("sameUp")}, destroy ${ratio("destroy")}`,
        ]),
    ...(processes.length === 0 ? [] : [`fleet: largest process at up: ${processes.join(", ")}`]),
  ].join("\n");
}

function time(value: number | undefined): string {
  return value === undefined ? "-" : shown(value, "duration");
}

function stacksOf(count: number): string {
  return `${count} ${count === 1 ? "stack" : "stacks"}`;
}
