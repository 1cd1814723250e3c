import { mkdir, readFile } from "node:fs/promises";
import path from "node:path";
import { parse, stringify } from "yaml";
import { SANDBOX_STACK, type Connection } from "../connection.ts";
import { layoutOf, repositoryRoot } from "../layout.ts";
import { hasCode } from "../support/errors.ts";
import { PRIVATE_MODE, writeFileAtomically } from "../support/files.ts";

/** Name of the project, as in `Pulumi.yaml`. */
export const projectName = "multicloud-secrets";

/** Folder in which Pulumi's file backend keeps the states of this project's stacks, each in `<stack>.json` or `<stack>.json.gz`. */
export function statesFolder(root: string): string {
  return path.join(layoutOf(root).pulumiState, ".pulumi", "stacks", projectName);
}

/** A value of a stack's configuration file. */
export type ConfigValue =
  string | number | boolean | null | readonly ConfigValue[] | { readonly [key: string]: ConfigValue };

export interface ProjectOptions {
  readonly connection: Connection;
  /** Name of the stack. Default: `sandbox`. */
  readonly stack?: string;
  /** Facts on top of those of `Pulumi.sandbox.yaml`, without the project's prefix: objects are merged, others replaced. */
  readonly facts?: Readonly<Record<string, ConfigValue>>;
}

interface StackFile {
  readonly encryptionsalt?: string;
  readonly config?: Readonly<Record<string, ConfigValue>>;
}

/**
 * Writes the project that the engine works in: the repository's `Pulumi.yaml` and sandbox facts, with the addresses of
 * this platform. It lies under the platform's folder since Pulumi writes its encryption salt and secret values into the
 * stack's file, which must not end up in the repository. Secret values that are there already are kept.
 */
export async function writeProject({ connection, stack = SANDBOX_STACK, facts = {} }: ProjectOptions): Promise<string> {
  const folder = path.join(connection.root, "project");
  await mkdir(folder, { recursive: true });
  // Without `main`: the program runs in this process, and the engine would look for its file beside the project.
  const { main: _, ...project } = await readYaml<Record<string, ConfigValue>>(path.join(repositoryRoot, "Pulumi.yaml"));
  await writeFileAtomically(path.join(folder, "Pulumi.yaml"), stringify(project), PRIVATE_MODE);

  const committed = await readYaml<StackFile>(path.join(repositoryRoot, `Pulumi.${SANDBOX_STACK}.yaml`));
  const file = path.join(folder, `Pulumi.${stack}.yaml`);
  const present = await readYaml<StackFile>(file).catch((error: unknown): StackFile => {
    if (hasCode(error, "ENOENT")) return {};
    throw error;
  });
  const secrets = Object.entries(present.config ?? {}).filter(([, value]) => isSecure(value));
  // One after the other: merged with each other first, what the facts remove would be there again.
  const config = [addresses(connection), facts].map(prefixed).reduce(mergeValues, committed.config ?? {});
  const content: StackFile = {
    ...(present.encryptionsalt === undefined ? {} : { encryptionsalt: present.encryptionsalt }),
    config: { ...config, ...Object.fromEntries(secrets) },
  };
  // As Pulumi reads it: a date without quotation marks would be another text once the CLI has written the file anew.
  await writeFileAtomically(file, stringify(content, { version: "1.1" }), PRIVATE_MODE);
  return folder;
}

/** What a stack's file has encrypted, by key without the project's prefix. */
export async function readCiphertexts(folder: string, stack: string): Promise<ReadonlyMap<string, string>> {
  const { config = {} } = await readYaml<StackFile>(path.join(folder, `Pulumi.${stack}.yaml`));
  return new Map(
    Object.entries(config).flatMap(([key, value]) =>
      isSecure(value) ? [[key.slice(projectName.length + 1), value.secure] as const] : [],
    ),
  );
}

/** What differs between two platforms on one machine. */
function addresses(connection: Connection): Readonly<Record<string, ConfigValue>> {
  return {
    stores: {
      vault: {
        address: connection.vaultAddress,
        mount: connection.vaultKvMount,
        auth: { mountPath: connection.vaultKubernetesAuth },
      },
    },
    clusters: {
      local: {
        kubeconfig: connection.kubeconfig,
        externalSecrets: { chart: connection.externalSecretsChart, version: connection.externalSecretsChartVersion },
      },
    },
  };
}

function prefixed(facts: Readonly<Record<string, ConfigValue>>): Record<string, ConfigValue> {
  return Object.fromEntries(Object.entries(facts).map(([key, value]) => [`${projectName}:${key}`, value]));
}

/** Merges objects key by key; a `null` on top removes the key. */
export function mergeValues(
  base: Readonly<Record<string, ConfigValue>>,
  top: Readonly<Record<string, ConfigValue>>,
): Record<string, ConfigValue> {
  const merged: Record<string, ConfigValue> = { ...base };
  for (const [key, value] of Object.entries(top)) {
    const below = merged[key];
    if (value === null) delete merged[key];
    else merged[key] = isObject(value) && isObject(below) ? mergeValues(below, value) : value;
  }
  return merged;
}

function isObject(value: ConfigValue | undefined): value is { readonly [key: string]: ConfigValue } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isSecure(value: ConfigValue): value is { readonly secure: string } {
  return isObject(value) && typeof value["secure"] === "string";
}

async function readYaml<T>(file: string): Promise<T> {
  return parse(await readFile(file, "utf8")) as T;
}
