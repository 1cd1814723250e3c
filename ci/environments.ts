import { existsSync, lstatSync, readdirSync, readlinkSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { stackName, UsageError } from "./files.ts";

/** What the workflows deploy, in this order: a stage starts when all of the one before is deployed. */
export const stages = ["development", "acceptance", "production"] as const;
export type Stage = (typeof stages)[number];

/** Of a policy whose environment the workflows leave alone. */
const byHand = "by-hand";

/** Folder of the policies, one file for each environment. */
export const policies = "stacks/environments";

/** One entry of a workflow's matrix. */
export interface Stack {
  /** `<environment>`, or `<environment>.<part>` where an environment is split. */
  readonly stack: string;
  /** Decides the GitHub environment of the job. */
  readonly environment: string;
  /** Parts of its environment that are deployed after it, by name. Default: none. */
  readonly parts?: readonly string[];
  /** Whether it is such a part: previewed alone, and deployed after its environment's own stack. */
  readonly part?: true;
}

/**
 * The stacks that the workflows preview, deploy and check for drift: each `Pulumi.<stack>.yaml`, in the stage that its
 * environment's policy names. Uses nothing but Node: no package is installed where it runs.
 *
 * @param root folder of Pulumi.yaml.
 * @throws UsageError with every file that can't be placed: a stack that is left out would be deployed by nobody.
 */
export async function stacksByStage(root: string): Promise<ReadonlyMap<Stage, readonly Stack[]>> {
  const names = readdirSync(root).flatMap((file) => /^Pulumi\.(?<stack>.+)\.yaml$/.exec(file)?.groups?.["stack"] ?? []);
  const parts = new Set(names.filter((stack) => isPart(root, stack)));
  const problems: string[] = [];
  const found = new Map<Stage, Stack[]>(stages.map((stage) => [stage, []]));
  for (const stack of names.sort()) {
    const [environment = stack] = stack.split(".");
    const stage = await stageOf(root, environment);
    if (!stackName.test(stack)) {
      problems.push(`Pulumi.${stack}.yaml: "${stack}" must be up to 40 lowercase letters, digits, "." or "-"`);
    } else if (isStage(stage)) {
      const own = [...parts].filter((each) => each.startsWith(`${stack}.`)).map((each) => each.slice(stack.length + 1));
      const kind = parts.has(stack) ? { part: true as const } : own.length > 0 ? { parts: own.sort(byNumber) } : {};
      found.get(stage)?.push({ stack, environment, ...kind });
    } else if (stage !== byHand) problems.push(`Pulumi.${stack}.yaml: ${stage.problem}`);
  }
  if (problems.length === 0) return found;
  throw new UsageError(
    `Nothing is previewed or deployed: ${problems.length === 1 ? "one stack has" : `${problems.length} stacks have`} no stage.\n` +
      problems.map((each) => `  ${each}`).join("\n"),
  );
}

/** `p2` before `p10`. */
function byNumber(one: string, other: string): number {
  return one.localeCompare(other, "en", { numeric: true });
}

/** The file of a part that `secrets fleet` deploys is a link to that of its environment. */
function isPart(root: string, stack: string): boolean {
  const file = path.join(root, `Pulumi.${stack}.yaml`);
  const [environment = stack] = stack.split(".");
  return (
    stack !== environment && lstatSync(file).isSymbolicLink() && readlinkSync(file) === `Pulumi.${environment}.yaml`
  );
}

async function stageOf(
  root: string,
  environment: string,
): Promise<Stage | typeof byHand | { readonly problem: string }> {
  const name = `${policies}/${environment}.ts`;
  const file = path.join(root, name);
  if (!existsSync(file)) {
    return {
      problem: `environment "${environment}" has no policy\n    fix: write ${name}, see CONTRIBUTING.md, How to add`,
    };
  }
  // A policy is plain data, and imports nothing but types.
  const exported = Object.values((await import(pathToFileURL(file).href)) as Readonly<Record<string, unknown>>);
  const found = exported.flatMap((each) =>
    typeof each === "object" && each !== null && "stage" in each ? [each.stage] : [],
  );
  const [stage] = found;
  if (found.length === 1 && (stage === byHand || isStage(stage))) return stage;
  const allowed = [...stages, byHand].map((each) => `"${each}"`).join(", ");
  return {
    problem: `${name} must export one policy with a stage of ${allowed}, received ${JSON.stringify(stage ?? null)}`,
  };
}

function isStage(value: unknown): value is Stage {
  return (stages as readonly unknown[]).includes(value);
}

/**
 * Lines for GITHUB_OUTPUT: `all` and each stage, as the entries of a matrix. A stage has no entry for a part: that of its
 * environment names all parts, for a matrix of their own.
 */
export function outputsOf(byStage: ReadonlyMap<Stage, readonly Stack[]>): string {
  const deployed = [...byStage].map(([stage, stacks]) => {
    const wholes = stacks.filter(({ part }) => part !== true);
    return [stage, wholes.map(({ stack, environment, parts = [] }) => ({ stack, environment, parts }))] as const;
  });
  const all = [...byStage.values()]
    .flat()
    .map(({ stack, environment, part }) => ({ stack, environment, ...(part === undefined ? {} : { part }) }));
  const lists = [["all", all] as const, ...deployed];
  return lists.map(([name, stacks]) => `${name}=${JSON.stringify(stacks)}\n`).join("");
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  try {
    process.stdout.write(outputsOf(await stacksByStage(path.resolve(import.meta.dirname, ".."))));
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(error.message);
    process.exitCode = 2;
  }
}
