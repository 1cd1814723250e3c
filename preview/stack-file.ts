import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { configPath, removeCommand } from "../components/support/messages/config-command.ts";
import { ConfigError, type Issue } from "../components/support/messages/errors.ts";
import { fileProblem } from "../components/support/messages/file-problem.ts";
import { thereAre } from "../components/support/messages/suggestions.ts";
import { readProject, typeProblem, type ProjectFile } from "./project-file.ts";
import { configValue, fullKey, isMap, type ConfigValue } from "./yaml/config.ts";
import { readDocument, type ReadDocument, type Value } from "./yaml/document.ts";

/** Configuration of a stack as Pulumi would pass it to the program, except for secret values, which are not read. */
export interface StackFile {
  readonly project: string;
  readonly stack: string;
  /** Plain values by full key, `<project>:<name>`. */
  readonly plain: Readonly<Record<string, string>>;
  /** Full keys of encrypted values. */
  readonly secretKeys: ReadonlySet<string>;
  /** Whether the file has a key of its own for them: that of a passphrase or a key service, and not the backend's. */
  readonly hasKey: boolean;
  /** Where that key is kept, where it is no passphrase: `awskms://alias/pulumi`. */
  readonly secretsProvider?: string;
  /** Whether the stack gets values from environments of Pulumi ESC, which only the service has. */
  readonly importsEnvironments: boolean;
  /** What the engine would refuse before it runs the program. */
  readonly issues: readonly Issue[];
}

/**
 * Reads `Pulumi.yaml` and `Pulumi.<stack>.yaml` as the engine does (pulumi `sdk/go/common/workspace/loaders.go`): keys
 * without a namespace are the project's, the stack's values override the project's defaults, texts stay as they are,
 * everything else becomes JSON.
 *
 * @throws ConfigError where a file is missing, or no file of a project or a stack: with all that is wrong with both.
 */
export async function readStackFile(root: string, stack: string): Promise<StackFile> {
  const name = `Pulumi.${stack}.yaml`;
  const files = await filesIn(root, stack);
  const projectFile = await readYaml(root, "Pulumi.yaml", files);
  const read = projectFile.content === undefined ? { issues: projectFile.issues } : readProject(projectFile.content);
  const stackFile = files.includes(name) ? await readYaml(root, name, files) : { issues: [noSuchStack(stack, files)] };
  const issues = [...read.issues, ...stackFile.issues];
  if (read.project === undefined || stackFile.content === undefined) throw new ConfigError(stack, issues);
  const found = configOf(stackFile, name, read.project);
  if (found.values === undefined) throw new ConfigError(stack, [...issues, ...found.issues]);
  const importsEnvironments = isMap(stackFile.content) && (stackFile.content.get("environment") ?? null) !== null;
  return {
    ...merged(read.project, found.values),
    stack,
    importsEnvironments,
    ...keyOf(stackFile.content),
    issues: found.issues,
  };
}

/** How secret values are encrypted (pulumi `sdk/go/common/workspace`, `ProjectStack`). */
function keyOf(content: Value): Pick<StackFile, "hasKey" | "secretsProvider"> {
  if (!isMap(content)) return { hasKey: false };
  const text = (name: string) => {
    const value = content.get(name);
    return typeof value === "string" && value !== "" ? value : undefined;
  };
  const provider = text("secretsprovider");
  return {
    hasKey: text("encryptionsalt") !== undefined || text("encryptedkey") !== undefined,
    ...(provider === undefined || provider === "passphrase" ? {} : { secretsProvider: provider }),
  };
}

interface FoundConfig {
  /** By full key. */
  readonly values?: ReadonlyMap<string, ConfigValue>;
  readonly issues: readonly Issue[];
}

interface ReadFile {
  readonly content?: Value;
  readonly oddKeys?: ReadonlySet<unknown>;
  readonly issues: readonly Issue[];
}

function configOf({ content = null, oddKeys }: ReadFile, file: string, project: ProjectFile): FoundConfig {
  // An empty file is a stack without configuration.
  if (content === null) return { values: new Map(), issues: [] };
  if (!isMap(content))
    return { issues: [{ path: file, problem: 'is no map of keys and values; facts stand under "config:"' }] };
  if (oddKeys?.has(content) === true) {
    return {
      issues: [{ path: file, problem: "has a key that is no text; put it in quotation marks, or under another key" }],
    };
  }
  const config = content.get("config") ?? null;
  if (config === null) return { values: new Map(), issues: [] };
  if (!isMap(config)) {
    return { issues: [{ path: `${file}, config`, problem: "must be a map of configuration keys and their values" }] };
  }
  // Where one key is no text, the engine gives none of them the project's namespace.
  const namespace = oddKeys?.has(config) === true ? undefined : project.name;
  const values = new Map<string, ConfigValue>();
  const issues: Issue[] = [];
  for (const [key, value] of config) {
    const full = fullKey(key, namespace);
    if (full === undefined) {
      issues.push({ path: configPath([key]), problem: `is no configuration key: write ${project.name}:<name>` });
    } else if (values.has(full)) {
      issues.push({
        path: shortName(full, project),
        problem: "is there twice, with and without the project's name; remove one of the two",
      });
    } else {
      values.set(full, configValue(value));
    }
  }
  return { values, issues: [...issues, ...typeIssues(values, project)] };
}

function typeIssues(values: ReadonlyMap<string, ConfigValue>, project: ProjectFile): readonly Issue[] {
  return [...values].flatMap(([key, value]): readonly Issue[] => {
    const problem = typeProblem(project.declared.get(key)?.type, value);
    if (problem === undefined) return [];
    const name = shortName(key, project);
    const fix = /text that/.test(problem)
      ? "write it as YAML, without quotation marks around it"
      : removeCommand(configPath([name]));
    return [{ path: configPath([name]), problem, fix }];
  });
}

function shortName(key: string, { name }: ProjectFile): string {
  return key.startsWith(`${name}:`) ? key.slice(name.length + 1) : key;
}

function merged(project: ProjectFile, values: ReadonlyMap<string, ConfigValue>) {
  const defaults = [...project.declared].flatMap(([key, { default: value }]) =>
    value === undefined ? [] : [[key, value] as const],
  );
  const all = [...new Map([...defaults, ...values])];
  return {
    project: project.name,
    plain: Object.fromEntries(all.flatMap(([key, { text, isSecret }]) => (isSecret ? [] : [[key, text]]))),
    secretKeys: new Set(all.flatMap(([key, { isSecret }]) => (isSecret ? [key] : []))),
  };
}

async function filesIn(root: string, stack: string): Promise<readonly string[]> {
  try {
    return await readdir(root);
  } catch (error) {
    throw new ConfigError(stack, [
      { path: "--root", problem: `the folder ${fileProblem(error)}`, fix: "name the folder that contains Pulumi.yaml" },
    ]);
  }
}

async function readYaml(root: string, file: string, files: readonly string[]): Promise<ReadFile> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path.join(root, file));
  } catch (error) {
    const fix = files.includes(file)
      ? "check what it is and who may read it"
      : "name the folder that contains it by --root";
    return { issues: [{ path: file, problem: fileProblem(error), fix }] };
  }
  return asIssues(file, readDocument(bytes));
}

function asIssues(file: string, read: ReadDocument): ReadFile {
  if ("value" in read) return { content: read.value, oddKeys: read.oddKeys, issues: [] };
  return {
    issues: read.unreadable.map(({ line, column, problem }) => ({
      path: `${file}, line ${line}, column ${column}`,
      problem,
    })),
  };
}

function noSuchStack(stack: string, files: readonly string[]): Issue {
  const known = files.flatMap((file) => /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1] ?? []);
  const file = `Pulumi.${stack}.yaml`;
  const otherwise = [`Pulumi.${stack}.yml`, `Pulumi.${stack}.json`].find((name) => files.includes(name));
  if (otherwise !== undefined) {
    return { path: file, problem: `does not exist, and ${otherwise} is not read here`, fix: `rename it to ${file}` };
  }
  return {
    path: file,
    problem: `does not exist; ${thereAre(stack, known)}`,
    fix: "check the name, or create the file (CONTRIBUTING.md, How to add an environment)",
  };
}
