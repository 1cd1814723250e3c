import { readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import type { ConfigFixture } from "./mocks.ts";

/** Root of the repository. */
export const root = path.resolve(import.meta.dirname, "../..");

export interface ProjectFile {
  readonly name: string;
  readonly config: Readonly<
    Record<
      string,
      { readonly type?: string; readonly description?: string; readonly default?: unknown; readonly secret?: boolean }
    >
  >;
}

export function projectFile(): ProjectFile {
  return readYaml("Pulumi.yaml") as ProjectFile;
}

/** Facts of an environment as committed, without the project's prefix. */
export function stackFacts(environment: string): Readonly<Record<string, unknown>> {
  const { config } = readYaml(`Pulumi.${environment}.yaml`) as { readonly config: Readonly<Record<string, unknown>> };
  const { name } = projectFile();
  return Object.fromEntries(
    Object.entries(config).map(([key, value]) => {
      if (!key.startsWith(`${name}:`)) throw new Error(`${key} does not start with ${name}:`);
      return [key.slice(name.length + 1), value];
    }),
  );
}

/** The configuration as Pulumi hands it to the program: defaults of the project below facts, all as text. */
export function stackConfig(environment: string, secret: Readonly<Record<string, string>>): ConfigFixture {
  const defaults = Object.fromEntries(
    Object.entries(projectFile().config).flatMap(([key, each]) => ("default" in each ? [[key, each.default]] : [])),
  );
  const plain = Object.entries({ ...defaults, ...stackFacts(environment) }).filter(([key]) => !(key in secret));
  return { plain: Object.fromEntries(plain.map(([key, value]) => [key, asText(value)])), secret };
}

/** A value of a configuration file as Pulumi hands it over: texts as they are, everything else as JSON. */
export function asText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function readYaml(file: string): unknown {
  return parse(readFileSync(path.join(root, file), "utf8"));
}
