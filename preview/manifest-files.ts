import { stringify } from "yaml";
import type { RenderedManifest } from "../stacks/deploy/deliver.ts";

/** First line of each file: by it a file that is no longer rendered is told from somebody else's. */
export const mark = "# Rendered from the secrets' description by `npm run manifests`; changes are overwritten.";

/**
 * The files of rendered manifests by their path in the folder, `<cluster>/<namespace>/<kind>-<name>.yaml`: one object each,
 * keys sorted, so that the same description gives the same bytes. Pure.
 */
export function manifestFiles(rendered: readonly RenderedManifest[]): ReadonlyMap<string, string> {
  return new Map(
    rendered
      .map(({ cluster, manifest }): readonly [string, string] => {
        const { name, namespace } = manifest.metadata;
        const path = `${cluster}/${namespace}/${manifest.kind.toLowerCase()}-${name}.yaml`;
        return [path, `${mark}\n${stringify(manifest, { sortMapEntries: true, lineWidth: 0 })}`];
      })
      .sort(([one], [other]) => (one < other ? -1 : 1)),
  );
}

/** What differs between a folder and what is rendered, by path, sorted. */
export interface FolderChanges {
  /** Files that the folder lacks. */
  readonly missing: readonly string[];
  /** Files with another content. */
  readonly changed: readonly string[];
  /** Files that were rendered once, and are not any more. */
  readonly stale: readonly string[];
  /** Files of somebody else's that have the name of a rendered one. */
  readonly foreign: readonly string[];
}

/**
 * Compares a folder with what is rendered. Files without the mark are somebody else's: they are never stale. Pure.
 *
 * @param found contents of the folder's files, by path.
 */
export function folderChanges(
  rendered: ReadonlyMap<string, string>,
  found: ReadonlyMap<string, string>,
): FolderChanges {
  const ours = new Set([...found].filter(([, text]) => isRendered(text)).map(([path]) => path));
  const paths = [...rendered.keys()];
  const differs = (path: string) => found.has(path) && found.get(path) !== rendered.get(path);
  return {
    missing: paths.filter((path) => !found.has(path)),
    changed: paths.filter((path) => ours.has(path) && differs(path)),
    stale: [...ours].filter((path) => !rendered.has(path)).sort(),
    foreign: paths.filter((path) => found.has(path) && !ours.has(path)),
  };
}

function isRendered(text: string): boolean {
  // Git may check files out with the line ends of Windows.
  return text.split(/\r?\n/, 1)[0] === mark;
}
