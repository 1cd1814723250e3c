import path from "node:path";
import { isRecord } from "../../../components/support/is-record.ts";
import type { SourceFiles } from "../files.ts";
import type { Place } from "../model.ts";
import { generatorKeys } from "../sources/kustomize-generator.ts";
import { at, listAt, textAt } from "../sources/yaml.ts";
import { dataOf, isWithin, placeAt, type YamlRemoval, type YamlText } from "./yaml-text.ts";

/** Whether a place is among others. */
export function placeIn(places: readonly Place[]): (place: Place) => boolean {
  const known = new Set(places.map(textOf));
  return (place) => known.has(textOf(place));
}

function textOf({ file, line, column }: Place): string {
  return JSON.stringify([path.normalize(file), line ?? 0, column ?? 0]);
}

export interface GeneratorArgs {
  readonly file: string;
  readonly yaml: YamlText;
  /** The entry of `secretGenerator`. */
  readonly generator: YamlRemoval;
  readonly isObsolete: (place: Place) => boolean;
  readonly files: SourceFiles;
}

/** Whether every key that a generator makes is obsolete, so that the generator is. Pure but for what `files` reads. */
export function isGeneratorCovered({ file, yaml, generator, isObsolete, files }: GeneratorArgs): boolean {
  const entry = at(dataOf(yaml, generator.document), ...generator.path);
  const name = textAt(entry, "name") ?? "";
  const placeOf = (...rest: readonly (string | number)[]): Place => ({
    file,
    ...placeAt(yaml, { ...generator, path: [...generator.path, ...rest] }),
  });
  const { keys, left, issues } = generatorKeys({ entry, name, folder: path.dirname(file), files, placeOf });
  return left.length === 0 && issues.length === 0 && keys.every((key) => isObsolete(key.at));
}

/** The Secrets in a file of which every key goes: the objects go as a whole. Pure. */
export function coveredSecrets(
  yaml: YamlText,
  removals: readonly YamlRemoval[],
): readonly { readonly removal: YamlRemoval; readonly what: string }[] {
  return yaml.documents.flatMap((_, document) =>
    objectsIn(dataOf(yaml, document), []).flatMap(({ data, path: own }) => {
      if (at(data, "apiVersion") !== "v1" || at(data, "kind") !== "Secret") return [];
      const keys = ["data", "stringData"].flatMap((field) => {
        const values = at(data, field);
        return isRecord(values) ? Object.keys(values).map((key) => [...own, field, key]) : [];
      });
      const goes = (each: readonly (string | number)[]) =>
        removals.some((removal) => isWithin({ document, path: each }, removal));
      if (keys.length === 0 || !keys.every(goes)) return [];
      const [name, namespace] = [textAt(data, "metadata", "name"), textAt(data, "metadata", "namespace")];
      const what = `Secret ${namespace === undefined ? "" : `${namespace}/`}${name ?? ""}`;
      return [{ removal: { document, path: own }, what }];
    }),
  );
}

function objectsIn(
  data: unknown,
  own: readonly (string | number)[],
): readonly { readonly data: unknown; readonly path: readonly (string | number)[] }[] {
  if (at(data, "kind") !== "List") return [{ data, path: own }];
  return listAt(data, "items").flatMap((item, index) => objectsIn(item, [...own, "items", index]));
}
