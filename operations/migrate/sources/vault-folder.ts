import { isRecord } from "../../../components/support/is-record.ts";
import type { ReadVaultPath, VaultAnswer } from "../../../components/backends/vault/http.ts";
import { issueAt, joined, reading, type FoundKey, type FoundStore, type Place, type Reading } from "../model.ts";
import { selects, type Selection } from "../selection.ts";
import { foundStore, vaultStore } from "./secret-store.ts";

/** Prefix of a source that is a folder of a Vault. */
export const vaultPrefix = "vault:";

/** A Vault that is asked for names. */
export interface VaultSource {
  /** URL, which becomes a fact of the store. */
  readonly address: string;
  /** Vault's own namespace; empty for the root namespace. */
  readonly namespace: string;
  readonly read: ReadVaultPath;
}

export interface VaultFolderArgs {
  /** `<mount>`, `<mount>/<folder>` or `<mount>/<secret>`. */
  readonly path: string;
  readonly vault: VaultSource;
  readonly selection: Selection;
}

interface Context {
  readonly at: Place;
  readonly vault: VaultSource;
  readonly mount: string;
}

/** One secret of Vault, with the names of its keys that hold texts. */
interface VaultSecret {
  readonly name: string;
  readonly properties: readonly string[];
}

interface Listed {
  readonly secret?: VaultSecret;
  readonly left?: Reading["left"];
  readonly issues?: Reading["issues"];
}

/**
 * Reads the names that a KV engine of version 2 has in a folder and below it: `LIST` of `metadata`, and `subkeys`, which
 * answers without values. No value is asked for, so a token that may read none is enough. Each value stays where it is.
 */
export async function readVaultFolder({ path, vault, selection }: VaultFolderArgs): Promise<Reading> {
  const at: Place = { file: `${vaultPrefix}${path}` };
  const plain = path.replaceAll(/^\/+|\/+$/g, "");
  const mounted = await vault.read(`sys/internal/ui/mounts/${encoded(plain)}`, vault.namespace);
  if (!isAnswer(mounted)) {
    if ("status" in mounted && mounted.status === 403) {
      const fix = "write vault:<mount>/<folder> as `vault kv list` takes it, and check the token: vault token lookup";
      return reading({
        issues: [
          issueAt(at, "is below no mount that the token of VAULT_TOKEN may see, or the token is not valid", fix),
        ],
      });
    }
    return unanswered(at, mounted);
  }
  const {
    path: mountPath,
    type,
    options,
  } = mounted.data as { readonly path?: string; type?: string; options?: unknown };
  const mount = (mountPath ?? "").replace(/\/$/, "");
  const version = isRecord(options) ? options["version"] : undefined;
  if (type !== "kv" || version !== "2") {
    const what = type === "kv" ? "a KV engine of version 1" : `an engine of type ${type ?? "unknown"}`;
    const fix = type === "kv" ? `vault kv enable-versioning ${mount}` : "name a folder of a KV engine of version 2";
    return reading({ issues: [issueAt(at, `is in ${what}, which this program does not read`, fix)] });
  }
  const context: Context = { at, vault, mount };
  const below = plain.slice(mount.length).replace(/^\/+/, "");
  const { names, left, issues } = await namesBelow(below, context);
  const listed = await inBatches(names, (name) => listedSecret(name, context));
  return joined([
    readingOf(
      listed.flatMap(({ secret }) => secret ?? []),
      context,
      selection,
    ),
    reading({
      left: [...left, ...listed.flatMap((each) => each.left ?? [])],
      issues: [...issues, ...listed.flatMap((each) => each.issues ?? [])],
    }),
  ]);
}

interface Names {
  readonly names: readonly string[];
  readonly left: Reading["left"];
  readonly issues: Reading["issues"];
}

/** Names of the secrets in a folder and below it, and the secret of that name itself. */
async function namesBelow(folder: string, { at, vault, mount }: Context): Promise<Names> {
  const names: string[] = [];
  const issues: Reading["issues"][number][] = [];
  const waiting = [folder];
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    const answer = await vault.read(`${encoded(`${mount}/metadata/${next}`)}?list=true`, vault.namespace);
    if (isMissing(answer)) {
      // A secret, and no folder; what is neither is said by the answer for the secret.
      if (next === folder && folder !== "") names.push(folder);
      continue;
    }
    if (!isAnswer(answer)) {
      issues.push(...listIssue(at, `${mount}/metadata/${next}`, answer));
      continue;
    }
    for (const key of texts(answer.data["keys"])) {
      const name = [next, key].filter((part) => part !== "").join("/");
      if (key.endsWith("/")) waiting.push(name.replace(/\/$/, ""));
      else names.push(name);
    }
  }
  const isEmpty = names.length === 0 && issues.length === 0;
  return { names, issues, left: isEmpty ? [{ at, what: `mount ${mount}`, reason: "has no secrets" }] : [] };
}

function listIssue(at: Place, path: string, answer: VaultAnswer): Reading["issues"] {
  if (!("status" in answer) || answer.status !== 403) return unanswered(at, answer).issues;
  const rule = `path "${path.replace(/\/?$/, "/*")}" { capabilities = ["list"] }`;
  return [issueAt(at, `the token of VAULT_TOKEN may not list ${path}`, `let its policy list it: ${rule}`)];
}

async function listedSecret(name: string, { at, vault, mount }: Context): Promise<Listed> {
  const answer = await vault.read(encoded(`${mount}/subkeys/${name}`), vault.namespace);
  const what = `${mount}/${name}`;
  if (isMissing(answer)) {
    // Of a version that was deleted, Vault still answers with its metadata.
    const isDeleted = "data" in answer && isRecord(answer.data["metadata"]);
    const reason = isDeleted ? "its newest version was deleted" : "does not exist, as a folder or as a secret";
    return { left: [{ at, what, reason }] };
  }
  if (!isAnswer(answer)) {
    if (!("status" in answer) || answer.status !== 403) return unanswered(at, answer);
    const rule = `path "${mount}/subkeys/${name}" { capabilities = ["read"] }`;
    const problem = `the token of VAULT_TOKEN may not read the names of the keys of ${what}`;
    return { issues: [issueAt(at, problem, `let its policy read them, which shows no value: ${rule}`)] };
  }
  const subkeys = isRecord(answer.data["subkeys"]) ? answer.data["subkeys"] : {};
  // A leaf is null, whatever it holds; what is no leaf is a map.
  const { texts: properties = [], maps = [] } = Object.groupBy(Object.keys(subkeys), (key) =>
    subkeys[key] === null ? "texts" : "maps",
  );
  const reason = "holds a map, and this program reads texts by key";
  return { secret: { name, properties }, left: maps.map((key) => ({ at, what: `${what}, key ${key}`, reason })) };
}

/** Each key of each secret becomes one of a Kubernetes Secret, whose value stays in Vault. */
function readingOf(secrets: readonly VaultSecret[], { at, vault, mount }: Context, selection: Selection): Reading {
  const described = vaultStore({
    address: vault.address,
    mount,
    namespace: vault.namespace === "" ? undefined : vault.namespace,
  });
  const store: FoundStore = foundStore({ id: `Vault ${vault.address}, mount ${mount}`, name: "vault", at, described });
  const all = secrets.flatMap(({ name, properties }) => properties.map((property) => ({ name, property })));
  const counts = Map.groupBy(all, ({ property }) => legal(property));
  const keys: FoundKey[] = [];
  const left: Reading["left"][number][] = [];
  for (const { name, property } of all) {
    const isOnly = counts.get(legal(property))?.length === 1;
    const key = isOnly ? legal(property) : legal(`${name.replaceAll("/", ".")}.${property}`);
    const as = selects(selection, key, true);
    const what = `${mount}/${name}, key ${property}`;
    if (as === undefined) left.push({ at, what, reason: `is not selected; to migrate it: --take ${key}` });
    else keys.push({ name: as, remote: { store: store.id, name, property }, at, notes: [] });
  }
  const found = { source: "store-listing" as const, at, keys, consumers: [], notes: [] };
  return reading({ stores: keys.length === 0 ? [] : [store], secrets: keys.length === 0 ? [] : [found], left });
}

/** Requests that a Vault gets at once. */
const atOnce = 8;

async function inBatches<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = [];
  for (let first = 0; first < items.length; first += atOnce)
    results.push(...(await Promise.all(items.slice(first, first + atOnce).map(work))));
  return results;
}

function unanswered(at: Place, answer: VaultAnswer): Reading {
  const problem =
    "unreachable" in answer
      ? `Vault can't be asked: ${answer.unreachable}`
      : `Vault answered ${answer.status}${answer.errors.length === 0 ? "" : `: ${answer.errors.join("; ")}`}`;
  const fix = "check VAULT_ADDR, VAULT_NAMESPACE, VAULT_CACERT and VAULT_TOKEN: vault status, vault token lookup";
  return reading({ issues: [issueAt(at, problem, fix)] });
}

function isAnswer(answer: VaultAnswer): answer is Exclude<VaultAnswer, { readonly unreachable: string }> {
  return "status" in answer && answer.status === 200;
}

function isMissing(answer: VaultAnswer): boolean {
  return "status" in answer && answer.status === 404;
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === "string") : [];
}

/** A path as it stands in a URL. */
function encoded(path: string): string {
  return path.split("/").map(encodeURIComponent).join("/");
}

/** As Kubernetes has the keys of a Secret. */
function legal(name: string): string {
  return name.replaceAll(/[^-._a-zA-Z0-9]/g, "_");
}
