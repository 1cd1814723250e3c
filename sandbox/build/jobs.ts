import { access, constants } from "node:fs/promises";
import path from "node:path";
import { binaryName, currentTarget, releaseName, type Target } from "./cache-key.ts";
import { KUBECTL_AND_HELM } from "./packages.ts";
import { type PinnedModule, readPinnedModule, type ToolName, toolModules, type ToolSpec } from "./tools.ts";

/** Who made a program: this machine, the project that publishes it, or whoever put it into an npm package. */
export type ToolOrigin = "built" | "release" | "npm";

/** A program in the cache. */
export interface BuiltTool {
  readonly path: string;
  readonly version: string;
  readonly origin: ToolOrigin;
}

/** One program that is asked for, and where each kind of it is in the cache. */
export interface Job {
  readonly module: PinnedModule;
  readonly tool: ToolSpec & { readonly name: ToolName };
  readonly built: string;
  readonly release: string;
  /** Where an npm package has it for this machine. */
  readonly packaged?: { readonly path: string; readonly version: string };
}

/** The jobs for some programs, in the order of building. */
export async function planJobs(cache: string, tools: readonly ToolName[]): Promise<readonly Job[]> {
  const target = currentTarget();
  const at = (name: string) => path.join(cache, "bin", name);
  const modules = await Promise.all(
    toolModules.map(async (module) => ({ module: await readPinnedModule(module), specs: module.tools })),
  );
  return modules.flatMap(({ module, specs }) =>
    specs
      .filter(({ name }) => tools.includes(name))
      .map((tool) => ({
        module,
        tool,
        built: at(binaryName(module, tool, target)),
        release: at(releaseName(module, tool, target)),
        ...packagedFor(tool.name, target, at),
      })),
  );
}

function packagedFor(name: string, { os, arch }: Target, at: (file: string) => string): Pick<Job, "packaged"> {
  const version = os === "linux" && arch === "amd64" ? KUBECTL_AND_HELM.programs[name]?.version : undefined;
  return version === undefined ? {} : { packaged: { path: at(`${name}-${version}-npm`), version } };
}

/** The programs that the cache holds, by name. One that was built comes first, so that a platform stays with what it has. */
export async function locate(jobs: readonly Job[]): Promise<ReadonlyMap<string, BuiltTool>> {
  const found = await Promise.all(
    jobs.map(
      async ({ module: { version }, tool, built, release, packaged }): Promise<(readonly [string, BuiltTool])[]> => {
        if (await isExecutable(built)) return [[tool.name, { path: built, version, origin: "built" }]];
        if (await isExecutable(release)) return [[tool.name, { path: release, version, origin: "release" }]];
        if (packaged !== undefined && (await isExecutable(packaged.path)))
          return [[tool.name, { ...packaged, origin: "npm" }]];
        return [];
      },
    ),
  );
  return new Map(found.flat());
}

/** The jobs that the cache has no program for, without those that the release of another program makes needless. */
export async function missing(jobs: readonly Job[]): Promise<readonly Job[]> {
  const found = await locate(jobs);
  return jobs.filter(({ tool }) => !found.has(tool.name) && found.get(tool.builtInto ?? "")?.origin !== "release");
}

async function isExecutable(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}
