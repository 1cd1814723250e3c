import path from "node:path";
import { isRecord } from "../../../components/support/is-record.ts";
import { clippedName } from "../../../components/support/messages/printable.ts";
import { textOf, type SourceFiles } from "../files.ts";
import { issueAt, joined, reading, type FoundSecret, type Reading } from "../model.ts";
import { generatorKeys } from "./kustomize-generator.ts";
import { readManifests } from "./manifests.ts";
import { at, listAt, textAt, textsAt, readYaml } from "./yaml.ts";

/** Names of the file that makes a folder a kustomization. */
export const kustomizationNames = ["kustomization.yaml", "kustomization.yml", "Kustomization"] as const;

export interface KustomizationArgs {
  readonly folder: string;
  readonly files: SourceFiles;
  /** Folders that lead here: a circle would have no end. */
  readonly within?: readonly string[];
}

/**
 * Reads a kustomization: its secret generators with their files, and those and the manifests of the folders and files that
 * it names as resources. Patches and components of remote places are not read. Pure but for what `files` reads.
 */
export function readKustomization({ folder, files, within = [] }: KustomizationArgs): Reading {
  const file = kustomizationNames.map((name) => path.join(folder, name)).find((each) => files.kindOf(each) === "file");
  if (file === undefined) return reading({ issues: [issueAt({ file: folder }, `has no ${kustomizationNames[0]}`)] });
  if (within.includes(path.resolve(folder))) return reading({ issues: [issueAt({ file }, "is a resource of itself")] });
  const text = textOf(files.read(file) ?? new Uint8Array());
  if (text === undefined) return reading({ issues: [issueAt({ file }, "is no text in UTF-8")] });
  const { documents, issues } = readYaml(file, text);
  const [document] = documents;
  if (document === undefined) return reading({ issues });
  const { data, placeOf } = document;
  if (!isRecord(data))
    return reading({ issues: [issueAt({ file, line: 1, column: 1 }, "is no kustomization: a map is expected")] });

  const below = [...listAt(data, "resources"), ...listAt(data, "bases"), ...listAt(data, "components")].map((each) =>
    readResource(each, { folder, file, files, within: [...within, path.resolve(folder)] }),
  );
  const inherited = joined(below);
  const own = listAt(data, "secretGenerator").map((entry, index) => {
    const name = textAt(entry, "name");
    const placed = (...rest: readonly (string | number)[]) => placeOf(["secretGenerator", index, ...rest]);
    if (name === undefined)
      return { reading: reading({ issues: [issueAt(placed(), "is a generator without a name")] }) };
    const made = generatorKeys({ entry, name, folder, files, placeOf: placed });
    const secret = generated(entry, { name, data, keys: made.keys, at: placed() });
    return {
      behavior: textAt(entry, "behavior") ?? "create",
      secret,
      reading: reading({ left: made.left, issues: made.issues }),
    };
  });
  return joined([
    {
      ...inherited,
      secrets: transformed(withBehaviors(inherited.secrets, own), data),
      uses: inherited.uses.map((use) => ({ ...use, ...namespaceOf(data) })),
    },
    ...own.map((each) => each.reading),
  ]);
}

interface Generated {
  readonly behavior?: string;
  readonly secret?: FoundSecret;
}

/** A generator of an overlay replaces the one of the same name, or its keys one by one. */
function withBehaviors(inherited: readonly FoundSecret[], own: readonly Generated[]): readonly FoundSecret[] {
  return own.reduce<readonly FoundSecret[]>((secrets, { behavior, secret }) => {
    if (secret === undefined) return secrets;
    const base = secrets.find(
      ({ source, target }) => source === "kustomization" && target?.name === secret.target?.name,
    );
    const others = secrets.filter((each) => each !== base);
    if (base === undefined || behavior === "create" || behavior === "replace") return withKeys([...others, secret]);
    const names = new Set(secret.keys.map(({ name }) => name));
    const keys = [...base.keys.filter(({ name }) => !names.has(name)), ...secret.keys];
    return withKeys([...others, { ...base, keys, notes: [...new Set([...base.notes, ...secret.notes])] }]);
  }, inherited);
}

function withKeys(secrets: readonly FoundSecret[]): readonly FoundSecret[] {
  return secrets.filter(({ keys }) => keys.length > 0);
}

interface GeneratedArgs {
  readonly name: string;
  readonly data: unknown;
  readonly keys: FoundSecret["keys"];
  readonly at: FoundSecret["at"];
}

function generated(entry: unknown, { name, data, keys, at: place }: GeneratedArgs): FoundSecret {
  const option = (key: string) => at(entry, "options", key) ?? at(data, "generatorOptions", key);
  const type = textAt(entry, "type");
  const namespace = textAt(entry, "namespace");
  const labels = { ...textsAt(data, "generatorOptions", "labels"), ...textsAt(entry, "options", "labels") };
  const hashed = option("disableNameSuffixHash") !== true;
  return {
    source: "kustomization",
    at: place,
    keys,
    target: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      ...(type === undefined || type === "Opaque" ? {} : { type }),
      labels,
      // With a hash in its name, the Secret of the cluster is another than the one that is delivered.
      isApplied: !hashed,
    },
    consumers: [],
    notes: [
      hashed
        ? `the cluster has it as ${name}-<hash>: without the generator, Kustomize leaves the plain name in the workloads, which restarts them`
        : "apply the delivery before you remove the generator: with pruning, its Secret would be deleted",
    ],
  };
}

function namespaceOf(data: unknown): { readonly namespace?: string } {
  const namespace = textAt(data, "namespace");
  return namespace === undefined ? {} : { namespace };
}

/** The namespace, prefix and suffix that a kustomization gives to everything. */
function transformed(secrets: readonly FoundSecret[], data: unknown): readonly FoundSecret[] {
  const [prefix, suffix] = [textAt(data, "namePrefix") ?? "", textAt(data, "nameSuffix") ?? ""];
  return secrets.map(({ target, ...rest }) => ({
    ...rest,
    ...(target === undefined
      ? {}
      : { target: { ...target, name: `${prefix}${target.name}${suffix}`, ...namespaceOf(data) } }),
  }));
}

function readResource(
  each: unknown,
  {
    folder,
    file,
    files,
    within,
  }: {
    readonly folder: string;
    readonly file: string;
    readonly files: SourceFiles;
    readonly within: readonly string[];
  },
): Reading {
  if (typeof each !== "string") return reading({ issues: [issueAt({ file }, "has a resource that is no text")] });
  const target = path.join(folder, each);
  const kind = files.kindOf(target);
  if (kind === "folder") return readKustomization({ folder: target, files, within });
  if (kind === "file") {
    const text = textOf(files.read(target) ?? new Uint8Array());
    return text === undefined
      ? reading({ issues: [issueAt({ file: target }, "is no text in UTF-8")] })
      : readManifests({ file: target, text });
  }
  if (/^(?:https?|ssh|git|file):|^[\w.-]+@|^github\.com|\?ref=/.test(each)) {
    return reading({
      left: [{ at: { file }, what: `resource ${clippedName(each)}`, reason: "is remote, and not read" }],
    });
  }
  return reading({ issues: [issueAt({ file }, `names the resource ${clippedName(each)}, which does not exist`)] });
}
