import Table from "cli-table3";
import { Command } from "commander";
import { execa } from "execa";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { parse } from "yaml";
import { repositoryRoot } from "../sandbox/layout.ts";
import { readConnection, type Connection } from "../sandbox/connection.ts";
import { resetPlatform } from "../sandbox/platform/index.ts";
import { waitUntil } from "../sandbox/support/wait.ts";
import { benchCatalogue } from "./catalogue.ts";
import { plainClient } from "./client.ts";
import { applyFloor, removeFloor } from "./floor.ts";
import { describeOperator, ownSecrets, runOperator, type OperatorRun } from "./operator.ts";
import { describeRotation, runRotation, type RotationRun } from "./rotation.ts";
import { runSplit, secretsPerStack, type SplitRun } from "./split-run.ts";
import { openBenchStack, runStack, timed, type StackRun } from "./stack-run.ts";
import { environments } from "../stacks/environments/index.ts";
import { measurePreview, measureStartUp, type StartUp } from "./start-up.ts";

/** One size: the program as one stack and as several, and the floor. */
interface SizeResult {
  readonly secrets: number;
  readonly floor: number;
  readonly single?: StackRun;
  readonly split?: SplitRun;
}

interface BenchOptions {
  readonly sizes: string;
  readonly singleUpTo: string;
  readonly startUp: boolean;
  readonly operator: boolean;
  readonly rotation: boolean;
  readonly json: boolean;
}

async function bench(options: BenchOptions): Promise<void> {
  const signal = AbortSignal.timeout(3 * 60 * 60 * 1000);
  const place = { root: path.join(repositoryRoot, ".sandbox", "bench"), portBase: 22440, signal };
  const say = (text: string) => {
    if (!options.json) console.log(text);
  };
  say("Start-up: five processes per environment, against a mocked engine");
  const startUp = await startUps(5);
  if (options.startUp) {
    console.log(options.json ? JSON.stringify({ startUp }, undefined, 2) : report(startUp, []));
    return;
  }
  await resetPlatform(place.root, signal);
  const connection = await startApart({ ...place, clouds: options.rotation });
  const client = await plainClient(connection);
  const results: SizeResult[] = [];
  let operatorRun: OperatorRun | undefined;
  let rotation: RotationRun | undefined;
  try {
    const committedNamespaces = await sandboxNamespaces();
    const base = { connection, client, committedNamespaces };
    const operator = { ...base, part: "operator", catalogue: renamed(benchCatalogue(1)), install: true };
    await (await openBenchStack(operator)).up({ suppressProgress: true });
    if (options.operator) {
      say(`The operator alone: ${ownSecrets} ExternalSecrets`);
      operatorRun = await runOperator(connection, client);
    }
    if (options.rotation) {
      say("Rotations of one secret that is held in every store");
      rotation = await runRotation(connection);
    }
    for (const secrets of options.sizes.split(",").filter(Boolean).map(Number)) {
      const catalogue = benchCatalogue(secrets);
      say(`${secrets} secrets: plain requests`);
      const floor = await timed(() => applyFloor(client, connection, catalogue));
      await removeFloor(client, connection, catalogue);
      await namespacesGone(client, Object.keys(catalogue));
      const run = { ...base, part: `n${secrets}`, catalogue, install: false };
      let single: StackRun | undefined;
      let split: SplitRun | undefined;
      if (secrets <= Number(options.singleUpTo)) {
        say(`${secrets} secrets: one stack`);
        single = await runStack(run);
      }
      if (secrets > secretsPerStack) {
        say(`${secrets} secrets: stacks of ${secretsPerStack}`);
        split = await runSplit(run);
      }
      results.push({
        secrets,
        floor,
        ...(single === undefined ? {} : { single }),
        ...(split === undefined ? {} : { split }),
      });
    }
  } finally {
    client.close();
    await resetPlatform(place.root, AbortSignal.timeout(60_000));
  }
  if (options.json) console.log(JSON.stringify({ startUp, operator: operatorRun, rotation, results }, undefined, 2));
  else {
    const more = [
      operatorRun === undefined ? [] : [describeOperator(operatorRun)],
      rotation === undefined ? [] : [describeRotation(rotation)],
    ];
    console.log([report(startUp, results), ...more.flat()].join("\n"));
  }
}

/** Start of the program, and a preview of the whole, for each environment. */
interface EnvironmentStart extends StartUp {
  readonly environment: string;
  readonly preview: number;
}

async function startUps(runs: number): Promise<readonly EnvironmentStart[]> {
  const results: EnvironmentStart[] = [];
  for (const environment of Object.keys(environments)) {
    const startUp = await measureStartUp(environment, runs);
    results.push({ environment, ...startUp, preview: await measurePreview(environment, runs) });
  }
  return results;
}

interface StartOptions {
  readonly root: string;
  readonly portBase: number;
  /** Whether fakes of AWS, Azure and Google Cloud run as well. */
  readonly clouds: boolean;
}

/** Starts the platform in a separate process, so that its servers are not children of this one and do not count as its memory. */
async function startApart({ root, portBase, clouds }: StartOptions): Promise<Connection> {
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
  await execa(process.execPath, args, { stdout: "ignore", stderr: "inherit" });
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

function report(startUp: readonly EnvironmentStart[], results: readonly SizeResult[]): string {
  const table = new Table({ style: { head: [], border: [] } });
  const row = (title: string, cell: (result: SizeResult) => string) => table.push([title, ...results.map(cell)]);
  row("secrets", ({ secrets }) => String(secrets));
  row("floor: plain requests, 16 at a time", ({ floor }) => seconds(floor));
  row("one stack: first preview", ({ single }) => seconds(single?.firstPreview));
  row("one stack: up", ({ single, floor }) =>
    single === undefined ? "-" : `${seconds(single.up)} (${(single.up / floor).toFixed(0)} x floor)`,
  );
  row("one stack: up without changes", ({ single }) => seconds(single?.sameUp));
  row("one stack: preview without changes", ({ single }) => seconds(single?.samePreview));
  row("one stack: destroy", ({ single }) => seconds(single?.destroy));
  row(`stacks of ${secretsPerStack}: up, one after the other`, ({ split, floor }) =>
    split === undefined ? "-" : `${seconds(split.up)} (${(split.up / floor).toFixed(0)} x floor)`,
  );
  row(`stacks of ${secretsPerStack}: up without changes`, ({ split }) => seconds(split?.sameUp));
  row(`stacks of ${secretsPerStack}: destroy`, ({ split }) => seconds(split?.destroy));
  row("resources per secret", ({ single, secrets }) =>
    single === undefined ? "-" : (single.resources / secrets).toFixed(1),
  );
  row("Kubernetes requests per secret at first up", ({ single, secrets }) => per(single?.kubernetesRequests, secrets));
  row("Vault requests per secret at first up", ({ single, secrets }) => per(single?.vaultRequests, secrets));
  row("state per resource", ({ single }) =>
    single === undefined ? "-" : `${(single.stateBytes / single.resources / 1000).toFixed(1)} kB`,
  );
  row("peak memory, program + engine + plugins", ({ single }) =>
    single === undefined ? "-" : megabytes(single.peakBytes),
  );
  return [
    ...startUp.map(
      ({ environment, milliseconds, rssBytes, modules, preview }) =>
        `${environment}: program start to first registered resource ${seconds(milliseconds)}, ${megabytes(rssBytes)}, ${modules} modules; offline preview ${seconds(preview)}`,
    ),
    ...(results.length === 0 ? [] : [table.toString()]),
  ].join("\n");
}

function seconds(milliseconds: number | undefined): string {
  return milliseconds === undefined ? "-" : `${(milliseconds / 1000).toFixed(2)} s`;
}

function per(count: number | undefined, secrets: number): string {
  return count === undefined ? "-" : (count / secrets).toFixed(1);
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`;
}

await new Command("bench")
  .description(
    "Measures the program on a local platform of its own, and compares it with plain requests that create the same objects.",
  )
  .option("--sizes <list>", "comma-separated numbers of secrets to measure; empty for none", "10,100,1000")
  .option("--single-up-to <secrets>", "largest number of secrets to also deploy as one stack", "300")
  .option("--start-up", "measure only program start and preview of each environment, without a platform", false)
  .option(
    "--operator",
    "also measure the operator alone: 500 ExternalSecrets, reads per refresh, time to a new Secret",
    false,
  )
  .option("--rotation", "also measure how soon a Secret follows a rotation in its store, for every store", false)
  .option("--json", "print JSON", false)
  .action(bench)
  .parseAsync();
