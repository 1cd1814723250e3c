import { isRecord } from "../../../components/support/is-record.ts";
import type { Issue } from "../../../components/support/messages/errors.ts";
import { issueAt, reading, type FoundKey, type FoundStore, type Left, type Reading } from "../model.ts";
import { selects, type Selection } from "../selection.ts";
import { accountIn, awsStore, foundStore, keyVault, secretManager } from "./secret-store.ts";

/** What one listing tells, by the command that wrote it. */
interface Listing {
  readonly described: Parameters<typeof foundStore>[0]["described"];
  /** Exact names, as the store knows them. */
  readonly names: readonly string[];
}

export interface StoreListingArgs {
  readonly file: string;
  readonly data: unknown;
  readonly selection: Selection;
}

/**
 * Reads what the vendor's own command line lists of a store: `aws ssm describe-parameters`, `aws secretsmanager
 * list-secrets`, `az keyvault secret list`, `gcloud secrets list --format json`. Names alone are taken; a value, should one
 * be in the file, is not looked at. Each object becomes a key whose value stays where it is. `undefined` where the data are
 * something else. Pure.
 */
export function readStoreListing({ file, data, selection }: StoreListingArgs): Reading | undefined {
  const listing = listingOf(data);
  if (listing === undefined) return undefined;
  const at = { file };
  const store: FoundStore = foundStore({
    id: `listing ${file}`,
    name: nameOf(listing),
    at,
    described: listing.described,
  });
  const keys: FoundKey[] = [];
  const left: Left[] = [];
  for (const [name, key] of keyNames(listing.names)) {
    const as = selects(selection, key, true);
    if (as === undefined) left.push({ at, what: name, reason: `is not selected; to migrate it: --take ${key}` });
    else keys.push({ name: as, remote: { store: store.id, name }, at, notes: [] });
  }
  const notes = ["each value is taken as a whole: where it is JSON, name its properties in stores.<store>.references"];
  const secrets = keys.length === 0 ? [] : [{ source: "store-listing" as const, at, keys, consumers: [], notes }];
  return reading({ stores: [store], secrets, left });
}

/**
 * What is wrong with an output of Vault's command line as a source: `vault kv list` names no folder, and `vault kv get`
 * prints values. `undefined` where the data are neither. Pure.
 */
export function vaultListingIssue({ file, data }: Pick<StoreListingArgs, "file" | "data">): Issue | undefined {
  const fix = "name the folder itself, of which names alone are read: vault:<mount>/<folder>";
  if (Array.isArray(data) && data.length > 0 && data.every((each) => typeof each === "string"))
    return issueAt({ file }, "is what vault kv list prints, which does not say of which folder", fix);
  const { data: inner } = isRecord(data) ? data : {};
  if (!isRecord(inner) || !isRecord(inner["data"]) || !isRecord(inner["metadata"])) return undefined;
  return issueAt({ file }, "is what vault kv get prints, which has values", `delete it, and ${fix}`);
}

function listingOf(data: unknown): Listing | undefined {
  if (Array.isArray(data)) return ofArray(data.filter(isRecord));
  if (!isRecord(data)) return undefined;
  const { Parameters: parameters, SecretList: secrets } = data;
  if (Array.isArray(parameters)) return ofAws("aws-parameter-store", parameters.filter(isRecord));
  if (Array.isArray(secrets)) return ofAws("aws-secrets-manager", secrets.filter(isRecord));
  return undefined;
}

type Entry = Readonly<Record<string, unknown>>;

function ofAws(kind: "aws-parameter-store" | "aws-secrets-manager", entries: readonly Entry[]): Listing {
  // Newer versions of the command list parameters with their ARNs, older ones without.
  const arn = entries.map((each) => text(each, "ARN")).find((each) => each !== undefined);
  const region = /^arn:aws[a-z-]*:[a-z]+:(?<region>[a-z\d-]+):/.exec(arn ?? "")?.groups?.["region"];
  return {
    described: awsStore(kind, { region, accountId: accountIn(arn) }),
    names: entries.flatMap((each) => text(each, "Name") ?? []),
  };
}

/** Key Vault's entries have an address, Google's a path. */
function ofArray(entries: readonly Entry[]): Listing | undefined {
  const vault = entries.flatMap(({ id }) => match(/^(?<url>https:\/\/[\w.-]+)(?::443)?\/secrets\/(?<name>[\w-]+)/, id));
  if (vault.length > 0) {
    return {
      described: keyVault({ url: vault[0]?.["url"], tenantId: undefined }),
      names: vault.flatMap(({ name }) => name ?? []),
    };
  }
  const google = entries.flatMap(({ name }) => match(/^projects\/(?<project>[^/]+)\/secrets\/(?<name>[\w-]+)$/, name));
  if (google.length === 0) return undefined;
  const project = google[0]?.["project"];
  // The command names the project by its number, which leads to no name.
  const isNumber = /^\d+$/.test(project ?? "");
  const { facts, ...described } = secretManager(isNumber ? undefined : project);
  return {
    described: { ...described, facts: { ...facts, ...(isNumber ? { projectNumber: project } : {}) } },
    names: google.flatMap(({ name }) => name ?? []),
  };
}

function match(pattern: RegExp, value: unknown): readonly Readonly<Record<string, string | undefined>>[] {
  const groups = typeof value === "string" ? pattern.exec(value)?.groups : undefined;
  return groups === undefined ? [] : [groups];
}

function text(entry: Entry, name: string): string | undefined {
  const value = entry[name];
  return typeof value === "string" ? value : undefined;
}

function nameOf({ described: { kind } }: Listing): string {
  switch (kind) {
    case "aws-parameter-store":
      return "parameters";
    case "aws-secrets-manager":
      return "secrets";
    default:
      return kind.split("-")[0] ?? kind;
  }
}

/**
 * A key of a Secret for each object: the last part of its name, `/legacy/db/password` → `password`, or all of it where that
 * is not the only one: `legacy.db.password`.
 */
function keyNames(names: readonly string[]): readonly (readonly [name: string, key: string])[] {
  const lasts = Map.groupBy(new Set(names), lastPart);
  return [...lasts].flatMap(([last, same]) =>
    same.map((name) => [name, same.length === 1 ? last : wholeName(name)] as const),
  );
}

function lastPart(name: string): string {
  return legal(name.split("/").findLast((part) => part !== "") ?? name);
}

function wholeName(name: string): string {
  return legal(name.replace(/^\/+/, "").replaceAll("/", "."));
}

/** As Kubernetes has the keys of a Secret. */
function legal(name: string): string {
  return name.replaceAll(/[^-._a-zA-Z0-9]/g, "_");
}
