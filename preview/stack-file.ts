import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { parse } from "yaml";
import { ConfigError, ExpectedError, messageOf } from "../components/support/errors.ts";

/** Configuration of a stack as Pulumi would hand it to the program, but for secret values: those are not looked at. */
export interface StackFile {
  readonly project: string;
  readonly stack: string;
  /** Texts by full key, `<project>:<name>`. */
  readonly plain: Readonly<Record<string, string>>;
  /** Full keys of encrypted values. */
  readonly secretKeys: ReadonlySet<string>;
}

/**
 * Reads `Pulumi.yaml` and `Pulumi.<stack>.yaml`. What Pulumi does with them, without Pulumi: defaults of the project lie
 * below the stack's values, texts stay as they are, everything else becomes JSON.
 *
 * @throws ConfigError when there is no such stack; ExpectedError when a file is no YAML.
 */
export async function readStackFile(root: string, stack: string): Promise<StackFile> {
  const project = (await readYaml(root, "Pulumi.yaml")) as ProjectFile;
  const file = `Pulumi.${stack}.yaml`;
  if (!(await readdir(root)).includes(file)) throw noSuchStack(stack, await stacksOf(root));
  const { config = {} } = ((await readYaml(root, file)) ?? {}) as { readonly config?: Config };
  const values = Object.entries({ ...defaultsOf(project), ...config });
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

function defaultsOf({ name, config = {} }: ProjectFile): Config {
  return Object.fromEntries(
    Object.entries(config).flatMap(([key, { default: value }]) =>
      value === undefined ? [] : [[key.includes(":") ? key : `${name}:${key}`, value] as const],
    ),
  );
}

/** Whether a value is encrypted, as a whole or in one of its parts. */
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

async function stacksOf(root: string): Promise<readonly string[]> {
  return (await readdir(root)).flatMap((file) => /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1] ?? []).sort();
}

function noSuchStack(stack: string, known: readonly string[]): ConfigError {
  return new ConfigError(stack, [
    {
      path: `Pulumi.${stack}.yaml`,
      problem: `does not exist; there are facts for ${known.length === 0 ? "no environment" : known.join(", ")}`,
      fix: "write it, or check the name (CONTRIBUTING.md, How to add an environment)",
    },
  ]);
}
