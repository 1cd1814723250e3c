import type { YamlPath } from "./yaml-text.ts";

/** How parts are taken out of YAML. */
export interface YamlCutOptions {
  /** What is left of a list whose last item goes: an empty list, which may mean something else than none, or nothing. */
  readonly emptyList: "stays" | "goes";
}

/** In place of data of which nothing is left. */
export const gone = Symbol("gone");

/** Plain data without what is at the paths, by the rules by which the text is cut. */
export function prunedData(data: unknown, paths: readonly YamlPath[], options: YamlCutOptions): unknown {
  if (paths.some((path) => path.length === 0)) return gone;
  if (Array.isArray(data)) {
    const items = data.map((item: unknown, index) => {
      const own = below(paths, index);
      const pruned = own.length === 0 ? item : prunedData(item, own, options);
      // An item that became empty keeps its place: others are counted from it.
      return pruned === gone && !own.some((path) => path.length === 0) ? {} : pruned;
    });
    const kept = items.filter((item) => item !== gone);
    return kept.length === 0 && options.emptyList === "goes" ? gone : kept;
  }
  const entries = Object.entries(data as Readonly<Record<string, unknown>>).flatMap(([key, value]) => {
    const own = below(paths, key);
    const pruned = own.length === 0 ? value : prunedData(value, own, options);
    return pruned === gone ? [] : [[key, pruned] as const];
  });
  return entries.length === 0 ? gone : Object.fromEntries(entries);
}

/** The rest of the paths that begin with a key. */
export function below(paths: readonly YamlPath[], key: string | number): readonly YamlPath[] {
  return paths.filter(([first]) => first === key).map((path) => path.slice(1));
}
