import assert from "node:assert/strict";
import type { SourceFiles } from "../../../operations/migrate/files.ts";
import { placeText, type FoundSecret, type Reading } from "../../../operations/migrate/model.ts";
import { byName } from "../../../operations/migrate/selection.ts";
import { readSources, type SourcesArgs } from "../../../operations/migrate/sources/index.ts";

/** A value that no output may show. */
export const canary = "c4nary-Vq8Zt2";

/** Files by path. */
export function filesOf(contents: Readonly<Record<string, string | Uint8Array>>): SourceFiles {
  const paths = Object.keys(contents);
  return {
    kindOf: (path) =>
      Object.hasOwn(contents, path) ? "file" : paths.some((each) => each.startsWith(`${path}/`)) ? "folder" : undefined,
    list: (folder) =>
      [
        ...new Set(
          paths
            .filter((each) => each.startsWith(`${folder}/`))
            .map((each) => each.slice(folder.length + 1).split("/")[0] ?? ""),
        ),
      ].sort(),
    read: (file) => {
      const content = contents[file];
      return typeof content === "string" ? new TextEncoder().encode(content) : content;
    },
  };
}

/** Reads one file, or several as one source each. */
export async function read(
  contents: Readonly<Record<string, string | Uint8Array>>,
  args: Partial<SourcesArgs> = {},
): Promise<Reading> {
  return readSources({
    sources: Object.keys(contents),
    files: filesOf(contents),
    cluster: () => Promise.reject(new Error("no cluster was to be asked")),
    vault: () => assert.fail("no Vault was to be asked"),
    selection: byName,
    ...args,
  });
}

/** What was found, with the values revealed: `shop/db password = …`. */
export function shown({ secrets }: Reading): readonly string[] {
  return secrets.flatMap((secret) =>
    secret.keys.map((key) => `${targetOf(secret)} ${key.name} = ${key.value?.reveal() ?? "-"}`),
  );
}

export function targetOf({ target }: FoundSecret): string {
  return target === undefined ? "?" : `${target.namespace ?? "?"}/${target.name}`;
}

export function problems({ issues }: Reading): readonly string[] {
  return issues.map(({ path, problem }) => `${path}: ${problem}`);
}

export function leftOf({ left }: Reading): readonly string[] {
  return left.map(({ at, what, reason }) => `${placeText(at)}: ${what}: ${reason}`);
}
