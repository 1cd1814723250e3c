import path from "node:path";
import { parsedJson } from "../../../components/support/json-object.ts";
import { dnsLabel, dnsSubdomain } from "../../../components/support/naming.ts";
import { messageOf, type Issue } from "../../../components/support/messages/errors.ts";
import { textOf, type SourceFiles } from "../files.ts";
import { issueAt, joined, reading, type Reading } from "../model.ts";
import type { Selection } from "../selection.ts";
import { readEnvFile } from "./env-file.ts";
import { readHelmValues } from "./helm-values.ts";
import { kustomizationNames, readKustomization } from "./kustomize.ts";
import { readLiveSecrets, type ListSecrets } from "./live.ts";
import { isKubernetesObject, readManifests } from "./manifests.ts";
import { readStoreListing, vaultListingIssue } from "./store-listing.ts";
import { readVaultFolder, vaultPrefix, type VaultSource } from "./vault-folder.ts";
import { readYaml } from "./yaml.ts";

export interface SourcesArgs {
  /** Files, folders, `live:<namespace>`, `live:<namespace>/<Secret>` and `vault:<mount>/<folder>`. */
  readonly sources: readonly string[];
  readonly files: SourceFiles;
  /** Asked only where a source is a namespace. */
  readonly cluster: () => Promise<ListSecrets>;
  /** Asked only where a source is a folder of a Vault. An issue where it can't be asked. */
  readonly vault: () => VaultSource | Pick<Issue, "problem" | "fix">;
  /** Which settings of `.env` and Helm values are migrated. */
  readonly selection: Selection;
}

const live = "live:";

/** Reads every source, each by what it is. All that is wrong with any of them is in `issues`. */
export async function readSources({ sources, files, cluster, vault, selection }: SourcesArgs): Promise<Reading> {
  const after = (prefix: string) => [
    ...new Set(sources.filter((each) => each.startsWith(prefix)).map((each) => each.slice(prefix.length))),
  ];
  const paths = sources.filter((each) => !each.startsWith(live) && !each.startsWith(vaultPrefix));
  const readings = paths.map((each) => readPath(each, files, selection));
  const folders = await Promise.all(after(vaultPrefix).map((each) => readVault(each, vault, selection)));
  return joined([...readings, ...folders, await readNamespaces(after(live), cluster)]);
}

async function readVault(folder: string, vault: SourcesArgs["vault"], selection: Selection): Promise<Reading> {
  const at = { file: `${vaultPrefix}${folder}` };
  const source = folder.replaceAll("/", "") === "" ? notNamed : vault();
  if ("problem" in source) return reading({ issues: [issueAt(at, source.problem, source.fix)] });
  return readVaultFolder({ path: folder, vault: source, selection });
}

const notNamed = { problem: "names no folder of a Vault", fix: "write vault:<mount>/<folder>, or vault:<mount>" };

/** @param places namespaces, and single Secrets as `<namespace>/<Secret>`. */
async function readNamespaces(places: readonly string[], cluster: SourcesArgs["cluster"]): Promise<Reading> {
  const illegal = places.filter((each) => !livePlace(each));
  if (illegal.length > 0) {
    return reading({
      issues: illegal.map((each) =>
        issueAt({ file: `${live}${each}` }, "names no namespace: write live:<namespace> or live:<namespace>/<Secret>"),
      ),
    });
  }
  if (places.length === 0) return reading({});
  try {
    return await readLiveSecrets(places, await cluster());
  } catch (error) {
    const fix = "check the kubeconfig and its context: kubectl config get-contexts";
    return reading({
      issues: [
        issueAt({ file: `${live}${places[0] ?? ""}` }, `the kubeconfig can't be used: ${messageOf(error)}`, fix),
      ],
    });
  }
}

function livePlace(place: string): boolean {
  const [namespace = "", name, ...others] = place.split("/");
  return dnsLabel.test(namespace) && (name === undefined || dnsSubdomain.test(name)) && others.length === 0;
}

function readPath(source: string, files: SourceFiles, selection: Selection): Reading {
  const kind = files.kindOf(source);
  if (kind === undefined) {
    const fix = "name a file, a folder, live:<namespace> for the Secrets of a cluster, or vault:<mount>/<folder>";
    return reading({ issues: [issueAt({ file: source }, "does not exist", fix)] });
  }
  if (kind === "folder") return readFolder(source, files, selection);
  if ((kustomizationNames as readonly string[]).includes(path.basename(source))) {
    return readKustomization({ folder: path.dirname(source), files });
  }
  return readFile(source, files, selection);
}

/** A kustomization, or the manifests in a folder. Other files have to be named one by one: a folder has many. */
function readFolder(folder: string, files: SourceFiles, selection: Selection): Reading {
  const names = files.list(folder);
  if (kustomizationNames.some((name) => names.includes(name))) return readKustomization({ folder, files });
  const manifests = names.filter((name) => /\.ya?ml$/.test(name)).map((name) => path.join(folder, name));
  const objects = manifests.filter((file) => isManifest(textOf(files.read(file) ?? new Uint8Array()) ?? ""));
  if (objects.length === 0) {
    return reading({
      issues: [
        issueAt(
          { file: folder },
          "has no kustomization and no Kubernetes objects",
          "name its .env or values files themselves",
        ),
      ],
    });
  }
  return joined(objects.map((file) => readFile(file, files, selection)));
}

function readFile(file: string, files: SourceFiles, selection: Selection): Reading {
  const bytes = files.read(file);
  if (bytes === undefined)
    return reading({ issues: [issueAt({ file }, "can't be read", "check what it is and who may read it")] });
  const text = textOf(bytes);
  if (text === undefined) return reading({ issues: [issueAt({ file }, "is no text in UTF-8")] });
  if (!/\.(?:ya?ml|json)(?:\.[\w-]+)?$/i.test(path.basename(file))) return readEnvFile({ file, text, selection });
  const listing =
    path.extname(file) === ".json" ? readStoreListing({ file, data: parsedJson(text), selection }) : undefined;
  if (listing !== undefined) return listing;
  const ofVault = path.extname(file) === ".json" ? vaultListingIssue({ file, data: parsedJson(text) }) : undefined;
  if (ofVault !== undefined) return reading({ issues: [ofVault] });
  return isManifest(text) ? readManifests({ file, text }) : readHelmValues({ file, text, selection });
}

/** Told by the text where it can't be parsed, so that its errors are those of what it was meant to be. */
function isManifest(text: string): boolean {
  const { documents, issues } = readYaml("", text);
  return issues.length > 0 ? /^apiVersion:/m.test(text) && /^kind:/m.test(text) : documents.some(isKubernetesObject);
}
