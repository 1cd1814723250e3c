import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { parse } from "yaml";
import { ConfigError, ExpectedError, messageOf } from "../components/support/errors.ts";

/** Configuration of a stack as Pulumi would pass it to the program, except for secret values, which are not read. */
export interface StackFile {
  readonly project: string;
  readonly stack: string;
  /** Plain values by full key, `<project>:<name>`. */
  readonly plain: Readonly<Record<string, string>>;
  /** Full keys of encrypted values. */
  readonly secretKeys: ReadonlySet<string>;
}

/**
 * Reads `Pulumi.yaml` and `Pulumi.<stack>.yaml` as Pulumi does: the stack's values override the project's defaults,
 * strings stay as they are, everything else becomes JSON.
 *
 * @throws ConfigError where the stack has no file; ExpectedError where a file is not valid YAML.
 */
export async function readStackFile(root: string, stack: string): Promise<StackFile> {
  const project = (await readYaml(root, "Pulumi.yaml")) as ProjectFile;
  const file = `Pulumi.${stack}.yaml`;
  if (!(await readdir(root)).includes(file)) throw noSuchStack(stack, await listStacks(root));
  const { config = {} } = ((await readYaml(root, file)) ?? {}) as { readonly config?: Config };
  const values = Object.entries({ ...projectDefaults(project), ...config });
  const secret = new Set(values.filter(([, value]) => holdsSecret(value)).map(([key]) => key));
  return {
    project: project.name,
    stack,
    plain: Object.fromEntries(values.filter(([key]) => !secret.has(key)).map(([key, value]) => [key, asText(value)])),
    secretKeys: secret,
  };
}

type Config = Readonly<Record<string, unknown>>;
interface ProjectFile {
  readonly name: string;
  readonly config?: Readonly<Record<string, { readonly default?: unknown }>>;
}

function projectDefaults({ name, config = {} }: ProjectFile): Config {
  return Object.fromEntries(
    Object.entries(config).flatMap(([key, { default: value }]) =>
      value === undefined ? [] : [[key.includes(":") ? key : `${name}:${key}`, value] as const],
    ),
  );
}

/** Whether a value, or a part of it, is encrypted. */
function holdsSecret(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  return "secure" in value || Object.values(value).some(holdsSecret);
}

function asText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

async function readYaml(root: string, file: string): Promise<unknown> {
  try {
    return parse(await readFile(path.join(root, file), "utf8"));
  } catch (error) {
    throw new ExpectedError(`${file} can't be read: ${messageOf(error)}`);
  }
}

async function listStacks(root: string): Promise<readonly string[]> {
  return (await readdir(root)).flatMap((file) => /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1] ?? []).sort();
}

function noSuchStack(stack: string, known: readonly string[]): ConfigError {
  return new ConfigError(stack, [
    {
      path: `Pulumi.${stack}.yaml`,
      problem: `does not exist; configured environments: ${known.length === 0 ? "none" : known.join(", ")}`,
      fix: "check the name, or create the file (CONTRIBUTING.md, How to add an environment)",
    },
  ]);
}
