import path from "node:path";
import { clippedName } from "../../../components/support/messages/printable.ts";
import type { Issue } from "../../../components/support/messages/errors.ts";
import { textOf, type SourceFiles } from "../files.ts";
import { issueAt, type FoundKey, type Left, type Place } from "../model.ts";
import { SecretValue } from "../secret-value.ts";
import { isEmpty, valueNotes } from "./kubernetes-secret.ts";
import { listAt, textAt } from "./yaml.ts";

export interface GeneratorKeys {
  readonly keys: readonly FoundKey[];
  readonly left: readonly Left[];
  readonly issues: readonly Issue[];
}

export interface GeneratorArgs {
  /** The entry of `secretGenerator`. */
  readonly entry: unknown;
  readonly name: string;
  readonly folder: string;
  readonly files: SourceFiles;
  readonly placeOf: (...rest: readonly (string | number)[]) => Place;
}

/**
 * The keys that a generator makes, by the rules of Kustomize (api/kv/kv.go): of literals one pair of quotation marks is
 * removed, of the lines of `envs` none. Pure.
 */
export function generatorKeys(args: GeneratorArgs): GeneratorKeys {
  const { entry, name, placeOf } = args;
  const found = [
    ...listAt(entry, "literals").map((each, index) => literal(each, placeOf("literals", index))),
    ...listAt(entry, "files").map((each, index) => fileKey(each, placeOf("files", index), args)),
    ...[...listAt(entry, "envs"), ...(textAt(entry, "env") === undefined ? [] : [textAt(entry, "env")])].flatMap(
      (each, index) => envKeys(each, placeOf("envs", index), args),
    ),
  ];
  const keys = found.flatMap((each) => ("key" in each ? [each.key] : []));
  const twice = keys.filter((key, index) => keys.findIndex((each) => each.name === key.name) !== index);
  return {
    keys: keys.filter((key) => !twice.includes(key)),
    left: found.flatMap((each) =>
      "reason" in each ? [{ at: each.at, what: `secretGenerator ${name}, ${each.what}`, reason: each.reason }] : [],
    ),
    issues: [
      ...found.flatMap((each) => ("issue" in each ? [each.issue] : [])),
      ...twice.map((key) =>
        issueAt(
          key.at,
          `sets key ${clippedName(key.name)} of ${clippedName(name)} a second time, which Kustomize refuses`,
        ),
      ),
    ],
  };
}

type Result =
  | { readonly key: FoundKey }
  | { readonly at: Place; readonly what: string; readonly reason: string }
  | { readonly issue: Issue };

function keyOf(name: string, bytes: Uint8Array | string, at: Place): Result {
  const value = typeof bytes === "string" ? new SecretValue(bytes) : SecretValue.ofBytes(bytes);
  const what = `key ${clippedName(name)}`;
  if (value === undefined)
    return { at, what, reason: "holds bytes that are no UTF-8 text, and this program stores texts" };
  if (bytes.length === 0) return { at, what, reason: isEmpty };
  return { key: { name, value, at, notes: valueNotes(value) } };
}

function literal(each: unknown, at: Place): Result {
  const { key, value } = typeof each === "string" ? (/^(?<key>[^=]+)=(?<value>.*)$/s.exec(each)?.groups ?? {}) : {};
  if (key === undefined || value === undefined) return { issue: issueAt(at, "must be a text of the form key=value") };
  const quoted = /^(["'])(?<inner>.*)\1$/s.exec(value)?.groups?.["inner"];
  return keyOf(key.trim(), quoted ?? value, at);
}

function fileKey(each: unknown, at: Place, args: GeneratorArgs): Result {
  if (typeof each !== "string" || each === "") return { issue: issueAt(at, "must be a text of the form [key=]file") };
  const [first = "", ...rest] = each.split("=");
  const file = rest.length === 0 ? first : rest.join("=");
  const read = readBelow(file, at, args);
  if ("issue" in read) return read;
  return keyOf(rest.length === 0 ? path.posix.basename(file) : first, read.bytes, at);
}

function envKeys(each: unknown, at: Place, args: GeneratorArgs): readonly Result[] {
  if (typeof each !== "string" || each === "") return [{ issue: issueAt(at, "must be the name of a file") }];
  const read = readBelow(each, at, args);
  if ("issue" in read) return [read];
  const file = path.join(args.folder, each);
  const text = textOf(read.bytes);
  if (text === undefined) return [{ issue: issueAt({ file }, "is no text in UTF-8") }];
  return text.split("\n").flatMap((line, index): readonly Result[] => {
    const plain = line.replace(/\r$/, "").trimStart();
    if (plain === "" || plain.startsWith("#")) return [];
    const place = { file, line: index + 1 };
    const { key, value } = /^(?<key>[^=]+)=(?<value>.*)$/.exec(plain)?.groups ?? {};
    if (key === undefined || value === undefined) {
      const fix = "write NAME=value: Kustomize would take a name alone from the environment of whoever runs it";
      return [{ issue: issueAt({ ...place, column: 1 }, "is no line of the form NAME=value", fix) }];
    }
    return [keyOf(key, value, place)];
  });
}

/** A file in or below the folder: Kustomize reads no other. */
function readBelow(
  file: string,
  at: Place,
  { folder, files }: GeneratorArgs,
): { readonly bytes: Uint8Array } | { readonly issue: Issue } {
  if (path.posix.isAbsolute(file) || path.posix.normalize(file).split("/")[0] === "..") {
    return {
      issue: issueAt(at, "names a file outside the folder of its kustomization, which Kustomize does not read"),
    };
  }
  const bytes = files.read(path.join(folder, file));
  return bytes === undefined ? { issue: issueAt(at, `names ${clippedName(file)}, which can't be read`) } : { bytes };
}
