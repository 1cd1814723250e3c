import { randomBytes } from "node:crypto";
import { cp, mkdir, readFile, rename, rm, symlink } from "node:fs/promises";
import path from "node:path";
import { parse } from "yaml";
import { prepareAssets } from "../build/assets.ts";
import { buildTools, waitingForBuild, type BuiltTools } from "../build/builder.ts";
import type { BuiltTool } from "../build/jobs.ts";
import { requireRunSpace } from "../build/disk.ts";
import type { ReleaseSource } from "../build/download.ts";
import { type Connection, readConnection, writeConnection } from "../connection.ts";
import { canDownload } from "../downloads/network.ts";
import { cacheDirectory, type Layout, layoutOf } from "../layout.ts";
import { type Ports, portsFrom } from "../ports.ts";
import { findPulumiCli, type PulumiCli } from "../pulumi/cli.ts";
import { ensurePlugins } from "../pulumi/plugins.ts";
import { preventRunLogs } from "../pulumi/run-logs.ts";
import { SandboxError } from "../support/errors.ts";
import { PRIVATE_MODE, readIfExists, temporaryName, writeFileAtomically } from "../support/files.ts";
import { withLock } from "../support/lock.ts";
import type { Progress } from "../support/progress.ts";
import { cloudsHealthAddress, gatewayAddress, kubernetesServer, vaultAddress } from "./addresses.ts";
import { type Booted, bootServers } from "./boot.ts";
import { stopServer } from "./daemon.ts";
import { ensureMoto, type InstalledMoto } from "./moto.ts";
import { ensurePki } from "./access/pki.ts";
import { cloudsCertificate, kubeconfigPath, OPERATOR_PROCESS, serverTools } from "./servers.ts";
import { rememberPlatform, resolveClouds, resolvePortBase } from "./state.ts";
import { KUBERNETES_AUTH, KV_MOUNT } from "./vault/server.ts";

/** Which platform: its folder and its ports. Two with different values of both run side by side. */
export interface PlatformOptions {
  /** The platform's folder. */
  readonly root: string;
  /** First of its ports. Default: the one the folder was made with, else 16440. */
  readonly portBase?: number;
  /** Whether AWS, Azure and Google Cloud are wanted beside Kubernetes and Vault, as fakes. The folder remembers it. */
  readonly clouds?: boolean;
  readonly signal: AbortSignal;
}

const commandLineTools = ["helm", "kubectl"] as const;

/** Pulumi's own plugin of Kubernetes, which is only built where it is asked for. */
const kubernetesPlugin = "pulumi-resource-kubernetes";

/** Brings the platform up: builds what is missing, starts what does not run, and writes the connection. */
export async function startPlatform(options: PlatformOptions, progress: Progress): Promise<Connection> {
  const layout = layoutOf(path.resolve(options.root));
  return await exclusively(layout, options.signal, async () => {
    const portBase = await resolvePortBase(layout.root, options.portBase);
    const ports = portsFrom(portBase);
    const clouds = await resolveClouds(layout.root, options.clouds);
    await requireRunSpace(layout.root);
    const cache = cacheDirectory();
    const { signal } = options;
    const { tools, pulumi } = await preparePrograms(layout, signal, progress);
    const assets = await prepareAssets(cache, waitingForBuild({ cache, progress, signal }));
    const moto = clouds ? await ensureMoto({ cache, progress, signal }) : undefined;
    await rememberPlatform(layout.root, portBase, clouds);
    const pki = await ensurePki(layout.pki);
    const chart = placeChart(assets.chart, layout);
    const booted = await bootServers(
      { layout, ports, pki, tools, stages: assets.stages, clouds },
      { progress, signal, ...(moto === undefined ? {} : { moto }) },
    );
    await chart;
    const connection = await describeConnection({ layout, portBase, tools, pulumi, booted, moto, signal });
    await writeConnection(connection);
    return connection;
  });
}

/** The platform's programs in the cache. */
interface Programs {
  readonly tools: BuiltTools;
  readonly pulumi: PulumiCli;
}

/** Downloads or builds the programs that are missing, without starting any. */
export async function buildPlatform(options: PlatformOptions, progress: Progress): Promise<void> {
  await preparePrograms(layoutOf(path.resolve(options.root)), options.signal, progress);
}

async function preparePrograms(layout: Layout, signal: AbortSignal, progress: Progress): Promise<Programs> {
  const cache = cacheDirectory();
  await preventRunLogs(layout);
  const found = await findPulumiCli({ layout, cache, signal });
  const names = [
    ...serverTools,
    ...commandLineTools,
    ...(found === undefined ? (["pulumi"] as const) : []),
    ...(process.env["SANDBOX_KUBERNETES_PLUGIN"] === "built" ? ([kubernetesPlugin] as const) : []),
  ];
  const releases: ReleaseSource = {
    reachable: (host) => canDownload(layout.root, host),
    packages: process.env["SANDBOX_OFFLINE"] !== "1",
  };
  const tools = await buildTools({ cache, tools: names, releases, progress, signal });
  return { tools, pulumi: found ?? { ...tools.pulumi, origin: "built" } };
}

interface ConnectionParts {
  readonly layout: Layout;
  readonly portBase: number;
  readonly tools: BuiltTools;
  readonly pulumi: PulumiCli;
  readonly booted: Booted;
  readonly moto: InstalledMoto | undefined;
  readonly signal: AbortSignal;
}

async function describeConnection({
  layout,
  portBase,
  tools,
  pulumi,
  booted,
  moto,
  signal,
}: ConnectionParts): Promise<Connection> {
  const ports = portsFrom(portBase);
  const { [kubernetesPlugin]: kubernetes } = tools as Partial<BuiltTools>;
  const plugins = await ensurePlugins({
    ...{ pulumi, layout, clouds: moto !== undefined, signal },
    ...(kubernetes === undefined ? {} : { kubernetes: kubernetes.path }),
  });
  const chartFile = await readFile(path.join(layout.chart, "Chart.yaml"), "utf8");
  const chartVersion = (parse(chartFile) as { version: string }).version;
  const all: Readonly<Record<string, BuiltTool>> = tools;
  const versions = Object.fromEntries(Object.entries(all).map(([name, { version }]) => [name, version]));
  return {
    root: layout.root,
    portBase,
    kubeconfig: kubeconfigPath(layout, "admin"),
    kubernetesServer: kubernetesServer(ports),
    vaultAddress: vaultAddress(ports),
    vaultToken: booted.vaultToken,
    vaultKvMount: KV_MOUNT,
    vaultKubernetesAuth: KUBERNETES_AUTH,
    externalSecretsChart: layout.chart,
    externalSecretsChartVersion: chartVersion,
    binaries: await linkTools(layout.bin, {
      pulumi: pulumi.path,
      helm: tools.helm.path,
      kubectl: tools.kubectl.path,
      vault: tools.vault.path,
    }),
    pulumiHome: layout.pulumiHome,
    // Without sidecar files: a run that is killed while one is written leaves it empty, and the state unreadable ("EOF").
    pulumiBackendUrl: `file://${layout.pulumiState}?metadata=skip`,
    pulumiPassphrase: await ensurePassphrase(layout),
    pulumiCli: { origin: pulumi.origin, version: pulumi.version },
    pulumiPlugins: plugins,
    logs: layout.logs,
    ...(moto === undefined ? {} : { clouds: describeClouds(layout, ports) }),
    versions: {
      ...versions,
      ...(moto === undefined ? {} : { moto: moto.version }),
      pulumi: pulumi.version,
      "external-secrets-chart": chartVersion,
    },
  };
}

function describeClouds(layout: Layout, ports: Ports): NonNullable<Connection["clouds"]> {
  return {
    gateway: gatewayAddress(ports),
    health: cloudsHealthAddress(ports),
    certificate: cloudsCertificate(layout),
  };
}

/** The state's encryption key. Kept with the state: without it the stack's secrets are lost. */
async function ensurePassphrase(layout: Layout): Promise<string> {
  await mkdir(layout.pulumiState, { recursive: true });
  const file = path.join(layout.root, "pulumi-passphrase");
  const existing = await readIfExists(file);
  if (existing !== undefined) return existing.trim();
  const passphrase = randomBytes(24).toString("base64url");
  await writeFileAtomically(file, passphrase + "\n", PRIVATE_MODE);
  return passphrase;
}

/** Copies the chart: its path stands in the stack's state and must not change with the cache folder or a digest. */
async function placeChart(source: string, layout: Layout): Promise<void> {
  const marker = path.join(layout.chart, ".source");
  if ((await readIfExists(marker)) === path.basename(source)) return;
  const partial = temporaryName(layout.chart);
  await mkdir(path.dirname(layout.chart), { recursive: true });
  await cp(source, partial, { recursive: true });
  await writeFileAtomically(path.join(partial, ".source"), path.basename(source));
  await rm(layout.chart, { recursive: true, force: true });
  await rename(partial, layout.chart);
}

/**
 * Links each program under its own name, and answers the links. Helm and kubectl sign what they apply with the name that
 * they were started by: from the cache it would be a file's name with a digest, another one after each new version.
 * A link is replaced at once, since a run may use it meanwhile.
 */
async function linkTools<Name extends string>(
  folder: string,
  targets: Readonly<Record<Name, string>>,
): Promise<Record<Name, string>> {
  await mkdir(folder, { recursive: true });
  const links = Object.entries<string>(targets).map(async ([name, target]) => {
    const link = path.join(folder, name);
    const made = temporaryName(link);
    await symlink(target, made);
    await rename(made, link);
    return [name, link] as const;
  });
  return Object.fromEntries(await Promise.all(links)) as Record<Name, string>;
}

/** Stops every process; the data stays and the next start continues with it. Returns the names of what ran. */
export async function stopPlatform(root: string, signal: AbortSignal): Promise<string[]> {
  const layout = layoutOf(path.resolve(root));
  return await exclusively(layout, signal, () => stopServers(layout));
}

/** Against the order of the start: what writes to a server goes before that server. */
const STOP_ORDER = [
  ["external-secrets-host"],
  // Gone with its supervisor, unless that was killed.
  [OPERATOR_PROCESS],
  ["clouds", "kwok", "kube-scheduler", "kube-controller-manager"],
  ["kube-apiserver", "vault", "moto"],
  ["etcd"],
] as const;

async function stopServers(layout: Layout): Promise<string[]> {
  const stopped: string[] = [];
  for (const names of STOP_ORDER) {
    const ran = await Promise.all(names.map((name) => stopServer(layout, name)));
    stopped.push(...names.filter((_, index) => ran[index]));
  }
  return stopped;
}

/** Stops every process and removes the platform's folder, the sandbox stack's state with it. The build cache stays. */
export async function resetPlatform(root: string, signal: AbortSignal): Promise<void> {
  const layout = layoutOf(path.resolve(root));
  await exclusively(layout, signal, async () => {
    await stopServers(layout);
    await rm(layout.root, { recursive: true, force: true });
  });
}

async function exclusively<T>(layout: Layout, signal: AbortSignal, body: () => Promise<T>): Promise<T> {
  const onBusy = ({ pid }: { pid: number }) => {
    throw new SandboxError({
      what: `Another run (pid ${pid}) is starting or stopping the platform in ${layout.root}.`,
      fix: `Wait for it, or stop it: kill ${pid}`,
    });
  };
  return await withLock(layout.lock, { onBusy, signal }, body);
}

export { readConnection };
