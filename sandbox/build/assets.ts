import { createHash } from "node:crypto";
import { copyFile, mkdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { temporaryName } from "../support/files.ts";
import { withLock, type LockOptions } from "../support/lock.ts";
import { buildLock, moduleFolder, prepareWorkFolder } from "./builder.ts";
import { assembleChart } from "./chart.ts";
import { requireGo } from "./toolchain.ts";
import { type ModuleName, type PinnedModule, readPinnedModule, toolModules } from "./tools.ts";

/** Files that come out of the Go modules' own zips and must outlive the Go caches. */
export interface Assets {
  /** The operator's Helm chart, as upstream's release assembles it. */
  readonly chart: string;
  /** kwok's Stage objects: how a fake node and a fake pod become ready. */
  readonly stages: string;
}

/** Counts up when the code below makes other files from the same module. */
const FORMAT = 1;

/** kwok refuses to start without stages; these are its own "fast" ones and the node heartbeat. */
const STAGE_FILES = [
  "node/fast/node-initialize.yaml",
  "node/heartbeat-with-lease/node-heartbeat-with-lease.yaml",
  "pod/fast/pod-ready.yaml",
  "pod/fast/pod-complete.yaml",
  "pod/fast/pod-delete.yaml",
];

/** Returns both, made from the modules when the cache does not hold them: by one run, for which others wait. */
export async function prepareAssets(cache: string, waiting: LockOptions): Promise<Assets> {
  const chart = await cached(
    { cache, waiting, module: "external-secrets", name: "external-secrets-chart" },
    (source, target) =>
      assembleChart({
        chart: path.join(source, "deploy", "charts", "external-secrets"),
        crds: path.join(source, "deploy", "crds", "bundle.yaml"),
        target,
      }),
  );
  const stages = await cached({ cache, waiting, module: "kwok", name: "kwok-stages" }, collectStages);
  return { chart, stages: path.join(stages, "stages.yaml") };
}

/** The kind SealedSecret as the controller's chart has it, in a file of the cache: for tests, since no platform starts the controller. */
export async function sealedSecretsCrd(cache: string, waiting: LockOptions): Promise<string> {
  const file = path.join("helm", "sealed-secrets", "crds", "bitnami.com_sealedsecrets.yaml");
  const asset = { cache, waiting, module: "sealed-secrets", name: "sealed-secrets-crd" } as const;
  const folder = await cached(asset, async (source, target) => {
    await mkdir(target, { recursive: true });
    await copyFile(path.join(source, file), path.join(target, path.basename(file)));
  });
  return path.join(folder, path.basename(file));
}

async function collectStages(source: string, target: string): Promise<void> {
  const texts = await Promise.all(
    STAGE_FILES.map((file) => readFile(path.join(source, "kustomize", "stage", file), "utf8")),
  );
  await mkdir(target, { recursive: true });
  await writeFile(path.join(target, "stages.yaml"), texts.map((text) => text.trimEnd()).join("\n---\n") + "\n");
}

interface Asset {
  readonly cache: string;
  readonly waiting: LockOptions;
  readonly module: ModuleName;
  readonly name: string;
}

async function cached(
  { cache, waiting, module: moduleName, name }: Asset,
  make: (source: string, target: string) => Promise<void>,
): Promise<string> {
  const module = await pinned(moduleName);
  const key = createHash("sha256").update(`${FORMAT}\n${module.goMod}\n${module.goSum}`).digest("hex").slice(0, 12);
  const target = path.join(cache, "assets", `${name}-${module.version}-${key}`);
  if (await exists(target)) return target;
  // The module's work folder is that of builds, and of any other platform that starts with the same cache.
  await withLock(buildLock(cache), waiting, async () => {
    if (await exists(target)) return;
    await requireGo(cache);
    const source = await moduleFolder(module.goModule, await prepareWorkFolder(module, cache), cache);
    const partial = temporaryName(target);
    await mkdir(path.dirname(target), { recursive: true });
    try {
      await make(source, partial);
      await rename(partial, target);
    } finally {
      await rm(partial, { recursive: true, force: true });
    }
  });
  return target;
}

async function pinned(name: ModuleName): Promise<PinnedModule> {
  const module = toolModules.find((candidate) => candidate.name === name);
  if (module === undefined) throw new TypeError(`no module ${name}`);
  return readPinnedModule(module);
}

async function exists(folder: string): Promise<boolean> {
  return stat(folder).then(
    () => true,
    () => false,
  );
}
