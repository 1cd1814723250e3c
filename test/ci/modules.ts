import { readFileSync } from "node:fs";
import path from "node:path";
import { root } from "../support/project.ts";

export interface Reached {
  /** Files below the repository's root. */
  readonly files: ReadonlySet<string>;
  /** Packages, each with the files that import it. */
  readonly packages: ReadonlyMap<string, readonly string[]>;
}

// What is only a type is gone at run time.
const imports = /^(?:import|export)\s(?!type\b)[^;]*?from\s"([^"]+)"|import\("([^"]+)"\)|^import\s"([^"]+)"/gm;

/** Everything that files import, directly or not, at once or late. */
export function modulesFrom(entries: readonly string[]): Reached {
  const files = new Set<string>();
  const packages = new Map<string, string[]>();
  const open = [...entries];
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    if (files.has(file)) continue;
    files.add(file);
    for (const match of readFileSync(path.join(root, file), "utf8").matchAll(imports)) {
      const from = match[1] ?? match[2] ?? match[3] ?? "";
      if (from.startsWith(".")) open.push(path.join(path.dirname(file), from));
      else if (!from.startsWith("node:")) {
        const name = from
          .split("/")
          .slice(0, from.startsWith("@") ? 2 : 1)
          .join("/");
        packages.set(name, [...(packages.get(name) ?? []), file]);
      }
    }
  }
  return { files, packages };
}
