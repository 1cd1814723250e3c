import path from "node:path";
import { isRecord } from "../../../components/support/is-record.ts";
import { textOf, type SourceFiles } from "../files.ts";
import type { Place } from "../model.ts";
import { placeOf, type MigrationPlan, type PlannedSecret } from "../plan/model.ts";
import { at as valueAt } from "../sources/yaml.ts";
import { coveredSecrets, isGeneratorCovered, placeIn } from "./covered.ts";
import { envEntryCuts, envLineCut, type EnvCut } from "./env-cuts.ts";
import type { ObsoleteFile, ObsoletePart } from "./model.ts";
import { cutOut } from "./text-cuts.ts";
import { cutYaml } from "./yaml-cuts.ts";
import { linesOf } from "./yaml-lines.ts";
import { dataOf, isWithin, removalAt, yamlText, type YamlRemoval, type YamlText } from "./yaml-text.ts";

/** A place in a file that a source named, with what stands there. */
export interface ObsoletePlace {
  readonly at: Place;
  readonly kind: "env-entry" | "env-line" | "helm-value" | "literal" | "generator" | "secret-key" | "object";
  readonly what: string;
  readonly note?: string;
}

/**
 * The places of what a migration has made obsolete, and that may go: values that are proved to be in the Secret in use, and
 * objects that the cluster no longer needs. What Pods still mount is not among them. Pure.
 */
export function obsoletePlaces({ secrets }: Pick<MigrationPlan, "secrets">): readonly ObsoletePlace[] {
  return secrets.flatMap((secret) => [...valuePlaces(secret), ...objectPlaces(secret)]);
}

const chartNote = "have the chart read the Secret by its name, such as existingSecret, before it is rolled out";
const pruneNote = "where a tool prunes what is no longer in the files, see that it leaves the Secret";

function valuePlaces(secret: PlannedSecret): readonly ObsoletePlace[] {
  return secret.keys.flatMap(({ name, old }) =>
    old.flatMap(({ source, at }): readonly ObsoletePlace[] => {
      const what = `${name} of Secret ${placeOf(secret)}`;
      switch (source) {
        case "env-file":
          return [{ at, kind: "env-entry", what }];
        case "helm-values":
          return [{ at, kind: "helm-value", what, note: chartNote }];
        case "secret":
          return [{ at, kind: "secret-key", what, note: pruneNote }];
        case "kustomization":
          return isLayered(secret) ? [] : [{ at, kind: at.column === undefined ? "env-line" : "literal", what }];
        default:
          return [];
      }
    }),
  );
}

function objectPlaces(secret: PlannedSecret): readonly ObsoletePlace[] {
  return secret.sources.flatMap(({ source, at }): readonly ObsoletePlace[] => {
    switch (source) {
      case "external-secret":
        return [{ at, kind: "object", what: `ExternalSecret for Secret ${placeOf(secret)}` }];
      case "sealed-secret":
        return [{ at, kind: "object", what: `SealedSecret for Secret ${placeOf(secret)}` }];
      case "kustomization":
        if (isLayered(secret)) return [];
        return [{ at, kind: "generator", what: `secretGenerator for Secret ${placeOf(secret)}`, note: pruneNote }];
      default:
        return [];
    }
  });
}

/** Whether generators of several kustomizations make a Secret: one needs the other, and people know which stays. */
function isLayered({ keys, sources }: PlannedSecret): boolean {
  const places = [
    ...sources.filter(({ source }) => source === "kustomization").map(({ at }) => at),
    ...keys.flatMap(({ old }) => old.filter(({ source }) => source === "kustomization").map(({ at }) => at)),
  ];
  return new Set(places.filter(({ column }) => column !== undefined).map(({ file }) => file)).size > 1;
}

/**
 * What goes out of each file, and the file as it is afterwards: comments and everything else stay byte for byte. A file that
 * would read otherwise in the rest is not among them. Pure but for what `files` reads.
 */
export function obsoleteFiles(places: readonly ObsoletePlace[], files: SourceFiles): readonly ObsoleteFile[] {
  const byFile = Map.groupBy(places, ({ at }) => path.normalize(at.file));
  return [...byFile.values()].flatMap((own) => {
    const file = own[0]?.at.file ?? "";
    const bytes = files.read(file);
    const text = bytes === undefined ? undefined : textOf(bytes);
    if (text === undefined) return [];
    const isEnv = own.every(({ kind }) => kind === "env-entry" || kind === "env-line");
    const found = isEnv ? ofEnv(file, text, own) : ofYaml(file, text, { own, places, files });
    return found === undefined || found.parts.length === 0 ? [] : [found];
  });
}

function ofEnv(file: string, text: string, places: readonly ObsoletePlace[]): ObsoleteFile {
  const cuts = places.flatMap(({ at, kind, what }) => {
    const line = at.line ?? 0;
    const found: readonly EnvCut[] = kind === "env-line" ? [envLineCut(text, line)] : envEntryCuts(text, line);
    return found.map(({ cut, part }) => ({ cut, part: { ...part, what } }));
  });
  const after = cutOut(
    text,
    cuts.map(({ cut }) => cut),
  );
  const unique = new Map(cuts.map(({ part }) => [part.first, part]));
  const parts = [...unique.values()].sort((a, b) => a.first - b.first);
  return { file, parts, places: places.map(({ at }) => at), before: text, after, isWhole: false };
}

interface Rest {
  /** Places in this file. */
  readonly own: readonly ObsoletePlace[];
  /** Those in all files. */
  readonly places: readonly ObsoletePlace[];
  readonly files: SourceFiles;
}

interface Located {
  readonly removal: YamlRemoval;
  readonly at?: Place;
  readonly what: string;
  readonly note?: string;
}

function ofYaml(file: string, text: string, { own, places, files }: Rest): ObsoleteFile | undefined {
  const yaml = yamlText(text);
  if (yaml === undefined) return undefined;
  const isObsolete = placeIn(places.filter(({ kind }) => kind !== "generator").map(({ at }) => at));
  const located = own.flatMap(({ at, kind, what, note }): readonly Located[] => {
    const found = removalAt(yaml, at.line ?? 0, at.column ?? 0);
    if (found === undefined) return [];
    const removal = kind === "helm-value" ? wholeEntry(yaml, found) : found;
    if (kind === "generator" && !isGeneratorCovered({ file, yaml, generator: removal, isObsolete, files })) return [];
    return [{ removal, at, what, ...(note === undefined ? {} : { note }) }];
  });
  const removals = located.map(({ removal }) => removal);
  const secrets = coveredSecrets(yaml, removals).map((each) => ({ ...each, note: pruneNote }));
  const all = outermost([...secrets, ...located]);
  const isKustomization = own.some(({ kind }) => kind === "literal" || kind === "generator");
  const edit = cutYaml(
    yaml,
    all.map(({ removal }) => removal),
    { emptyList: isKustomization ? "goes" : "stays" },
  );
  if (edit === undefined) return undefined;
  const parts = all.map(({ removal, what, note }): ObsoletePart => ({
    what,
    ...linesOf(yaml, removal),
    ...(note === undefined ? {} : { note }),
  }));
  return {
    file,
    parts: parts.sort((a, b) => a.first - b.first),
    places: located.flatMap(({ at }) => at ?? []),
    before: text,
    after: edit.text,
    isWhole: edit.isEmpty && !own.every(({ kind }) => kind === "helm-value"),
  };
}

/** Without what goes with something else. */
function outermost(all: readonly Located[]): readonly Located[] {
  return all.filter(
    ({ removal }, index) =>
      !all.some(
        (each, other) =>
          other !== index && isWithin(removal, each.removal) && (!isWithin(each.removal, removal) || other < index),
      ),
  );
}

/** Of a variable as charts let one set them, `{ name, value }` in a list, the name goes as well. */
function wholeEntry(yaml: YamlText, removal: YamlRemoval): YamlRemoval {
  const { document, path: own } = removal;
  const item = own.slice(0, -1);
  const data = valueAt(dataOf(yaml, document), ...item);
  const isEntry = own.at(-1) === "value" && typeof item.at(-1) === "number" && isRecord(data);
  return isEntry && Object.keys(data).every((key) => key === "name" || key === "value")
    ? { document, path: item }
    : removal;
}
