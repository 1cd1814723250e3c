import { Command, InvalidArgumentError } from "commander";
import { execa } from "execa";
import { readFile } from "node:fs/promises";
import { availableParallelism, cpus, loadavg, totalmem } from "node:os";
import path from "node:path";
import { parse } from "yaml";
import { repositoryRoot } from "../sandbox/layout.ts";
import { readConnection, type Connection } from "../sandbox/connection.ts";
import { resetPlatform } from "../sandbox/platform/index.ts";
import { waitUntil } from "../sandbox/support/wait.ts";
import { benchCatalogue } from "./catalogue.ts";
import { plainClient, type PlainClient } from "./client.ts";
import { fleetFactor, runFleetOf } from "./fleet.ts";
import { FigureLog } from "./figures.ts";
import { applyFloor, removeFloor } from "./floor.ts";
import { runOperator, usualExternalSecrets } from "./operator.ts";
import { openBenchStack } from "./open-stack.ts";
import { report, type EnvironmentStart, type Measured, type SizeResult } from "./report.ts";
import { describeRotation, runRotation } from "./rotation.ts";
import { runSplit, secretsPerStack } from "./split-run.ts";
import { runStack, timed } from "./stack-run.ts";
import { environments } from "../stacks/environments/index.ts";
import { measurePreview, measureStartUp } from "./start-up.ts";

/** Parts of a fleet at a time, as `secrets fleet` has it (cli/fleet/tools.ts). */
const usualParallel = Math.max(1, Math.min(4, availableParallelism()));

interface BenchOptions {
  readonly sizes: string;
  readonly singleUpTo: string;
  readonly startUp: boolean;
  readonly skipStartUp: boolean;
  readonly operator?: number | true;
  readonly fleet?: number;
  readonly fleetFull?: number;
  readonly rotation: boolean;
  readonly json: boolean;
}

async function bench(options: BenchOptions): Promise<void> {
  // Standard output is the JSON document's alone.
  const say = (text: string) => {
    if (options.json) console.error(text);
    else console.log(text);
  };
  const stop = stopOnSignal(say);
  const signal = AbortSignal.any([stop, AbortSignal.timeout(3 * 60 * 60 * 1000)]);
  const file = path.join(
    repositoryRoot,
    ".sandbox",
    `bench-${new Date().toISOString().replaceAll(/[:.]/g, "-")}.jsonl`,
  );
  const figures = new FigureLog({ file, say, now: () => new Date() });
  say(`Figures go to ${path.relative(process.cwd(), file)} one by one. ${machine()}`);
  const measured: Measured = { startUp: [], fleet: [], results: [] };
  try {
    if (!options.skipStartUp) {
      say("Start-up: five processes per environment, against a mocked engine");
      measured.startUp = await startUps(5, figures);
    }
    if (!options.startUp) await onPlatform(options, { measured, figures, say, signal });
  } catch (error) {
    if (!stop.aborted) throw error;
    process.exitCode = 130;
  } finally {
    say("");
    console.log(options.json ? JSON.stringify(measured, undefined, 2) : report(measured));
  }
}

/** Aborts at the first Ctrl-C or SIGTERM; the second ends the process at once, and leaves the platform's servers running. */
function stopOnSignal(say: (text: string) => void): AbortSignal {
  const stop = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"] as const) {
    process.on(name, () => {
      if (stop.signal.aborted) process.exit(130);
      say("Stopping the platform; once more to leave at once (then: npm run bench -- --sizes '' removes it).");
      stop.abort();
    });
  }
  return stop.signal;
}

function machine(): string {
  const [cpu] = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  return `${availableParallelism()} cores (${cpu?.model ?? "unknown"}), ${memory} GiB, Node ${process.versions.node}, load average ${(loadavg()[0] ?? 0).toFixed(1)}.`;
}

interface Bench {
  readonly measured: Measured;
  readonly figures: FigureLog;
  readonly say: (text: string) => void;
  readonly signal: AbortSignal;
}

async function onPlatform(options: BenchOptions, { measured, figures, say, signal }: Bench): Promise<void> {
  const place = { root: path.join(repositoryRoot, ".sandbox", "bench"), portBase: 22440, signal };
  await resetPlatform(place.root, signal);
  let client: PlainClient | undefined;
  try {
    say("The platform: servers of its own");
    const connection = await startApart({ ...place, clouds: options.rotation });
    client = await plainClient(connection);
    const committedNamespaces = await sandboxNamespaces();
    const base = { connection, client, committedNamespaces, signal };
    const operator = { ...base, part: "operator", catalogue: renamed(benchCatalogue(1)), install: true };
    say("The operator, by a stack of its own");
    await (await openBenchStack(operator)).up({ suppressProgress: true, signal });
    if (options.operator !== undefined) {
      const count = options.operator === true ? usualExternalSecrets : options.operator;
      say(`The operator alone: ${count} ExternalSecrets`);
      measured.operator = await runOperator({ connection, client, count, figures, say, signal });
    }
    if (options.fleet !== undefined) {
      const full = options.fleetFull === undefined ? {} : { full: options.fleetFull };
      for (const secrets of [Math.ceil(options.fleet / fleetFactor), options.fleet]) {
        const fleet = { connection, committedNamespaces, figures, say, signal, parallel: usualParallel, ...full };
        await runFleetOf(fleet, secrets, (run) => measured.fleet.push(run));
      }
    }
    if (options.rotation) {
      say("Rotations of one secret that is held in every store");
      measured.rotation = await runRotation(connection);
      say(describeRotation(measured.rotation));
    }
    for (const secrets of options.sizes.split(",").filter(Boolean).map(Number)) {
      signal.throwIfAborted();
      const result: SizeResult = { secrets };
      measured.results.push(result);
      const catalogue = benchCatalogue(secrets);
      say(`${secrets} secrets: plain requests`);
      const floor = await timed(() => applyFloor(base.client, connection, catalogue));
      result.floor = floor;
      await figures.add({ name: "floor", secrets, value: floor, unit: "duration" });
      await removeFloor(client, connection, catalogue);
      await namespacesGone(client, Object.keys(catalogue));
      const run = { ...base, part: `n${secrets}`, catalogue, install: false, secrets, figures };
      if (secrets <= Number(options.singleUpTo)) {
        say(`${secrets} secrets: one stack`);
        result.single = {};
        await runStack({ ...run, run: result.single });
      }
      if (secrets > secretsPerStack) {
        say(`${secrets} secrets: stacks of ${secretsPerStack}`);
        await runSplit(run, (split) => (result.split = split));
      }
    }
  } finally {
    client?.close();
    await resetPlatform(place.root, AbortSignal.timeout(60_000));
  }
}

async function startUps(runs: number, figures: FigureLog): Promise<readonly EnvironmentStart[]> {
  const results: EnvironmentStart[] = [];
  for (const environment of Object.keys(environments)) {
    const startUp = await measureStartUp(environment, runs);
    await figures.add({
      name: `start of ${environment}`,
      value: startUp.milliseconds,
      unit: "duration",
      detail: startUp,
    });
    await figures.add({ name: `start of ${environment}, memory`, value: startUp.rssBytes, unit: "bytes" });
    const preview = await measurePreview(environment, runs);
    await figures.add({ name: `offline preview of ${environment}`, value: preview, unit: "duration" });
    results.push({ environment, ...startUp, preview });
  }
  return results;
}

interface StartOptions {
  readonly root: string;
  readonly portBase: number;
  /** Whether fakes of AWS, Azure and Google Cloud run as well. */
  readonly clouds: boolean;
  readonly signal: AbortSignal;
}

/** Starts the platform in a separate process, so that its servers are not children of this one and do not count as its memory. */
async function startApart({ root, portBase, clouds, signal }: StartOptions): Promise<Connection> {
  const cli = path.join(repositoryRoot, "sandbox", "cli.ts");
  const args = [
    "--no-warnings",
    cli,
    "--root",
    root,
    "--port-base",
    String(portBase),
    "up",
    ...(clouds ? ["--clouds"] : []),
  ];
  await execa(process.execPath, args, { stdout: "ignore", stderr: "inherit", cancelSignal: signal });
  return readConnection(root);
}

/** Moves the catalogue to a namespace of its own, for the stack that installs the operator. */
function renamed(catalogue: ReturnType<typeof benchCatalogue>): ReturnType<typeof benchCatalogue> {
  return Object.fromEntries(
    Object.values(catalogue).map((application) => [
      "operator-check",
      {
        ...application,
        deliveries: application.deliveries.map((each) => ({ ...each, namespace: "operator-check" })),
      },
    ]),
  );
}

async function sandboxNamespaces(): Promise<readonly string[]> {
  const text = await readFile(path.join(repositoryRoot, "Pulumi.sandbox.yaml"), "utf8");
  const { config } = parse(text) as { config: Record<string, Record<string, unknown>> };
  return Object.keys(config["multicloud-secrets:namespaces"] ?? {});
}

async function namespacesGone(
  client: Awaited<ReturnType<typeof plainClient>>,
  names: readonly string[],
): Promise<void> {
  const gone = async () => {
    const list = JSON.parse(await client.kubernetes("GET", "/api/v1/namespaces")) as {
      items: { metadata: { name: string } }[];
    };
    return !list.items.some(({ metadata }) => names.includes(metadata.name));
  };
  if (await waitUntil(gone, { timeoutMs: 300_000, everyMs: 500 })) return;
  throw new Error("the namespaces of the floor were not deleted within five minutes");
}

function counted(text: string): number {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("It must be a whole number.");
}

await new Command("bench")
  .description(
    "Measures the program on a local platform of its own, and compares it with plain requests that create the same objects.",
  )
  .option("--sizes <list>", "comma-separated numbers of secrets to measure; empty for none", "10,100,1000")
  .option("--single-up-to <secrets>", "largest number of secrets to also deploy as one stack", "300")
  .option("--start-up", "measure only program start and preview of each environment, without a platform", false)
  .option("--skip-start-up", "leave that out", false)
  .option(
    "--operator [external-secrets]",
    `also measure the operator alone: ${usualExternalSecrets} ExternalSecrets or so many, reads per refresh, time to a new Secret`,
    counted,
  )
  .option(
    "--fleet <secrets>",
    `also measure "secrets fleet": an environment of so many secrets, and one with a ${fleetFactor}th of them`,
    counted,
  )
  .option(
    "--fleet-full <resources>",
    "resources at which one of its parts is full (default: as fleet plan has it)",
    counted,
  )
  .option("--rotation", "also measure how soon a Secret follows a rotation in its store, for every store", false)
  .option("--json", "print JSON; progress goes to standard error", false)
  .action(bench)
  .parseAsync();
