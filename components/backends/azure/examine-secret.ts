import { childOf, valueAt } from "../../support/value-at.ts";
import { examineKeys, rewrite } from "../examine-keys.ts";
import { broken, examinedTogether, sound, unanswered } from "../examiner.ts";
import type { StoreExamination, Told } from "../examiner.ts";
import { isReadByProperty, keysByVersion } from "../held-keys.ts";
import type { RemoteObject } from "../remote-object.ts";
import { secretRestoreCommand, vaultSecretId, type AzureKeyVaultSpec } from "./key-vault.ts";
import type { AskAzure, AzureJson } from "./questions.ts";
import { vaultApiVersion } from "./recovered-vault.ts";

/** Version of the API of vaults. */
const dataVersion = "7.4";

/** Whether a secret of the vault is there and enabled in the versions that are read, with its keys. */
export async function checkVaultSecret(
  spec: AzureKeyVaultSpec,
  ask: AskAzure,
  object: RemoteObject,
  keys: readonly string[],
): Promise<StoreExamination> {
  const subject = `secret "${object.name}" in Key Vault ${spec.vault}`;
  // Resource Manager tells of the newest version, and never its value.
  const newest = await ask("management", `${vaultSecretId(spec, object.name)}?api-version=${vaultApiVersion}`);
  if ("refused" in newest) return unanswered("object", subject, newest.refused);
  if ("absent" in newest) return checkDeleted(spec, ask, object, subject);
  const versions = [...keysByVersion(object, keys)];
  return examinedTogether(
    await Promise.all(
      versions.map(([version, read]) =>
        version === undefined
          ? checkVersion(spec, ask, { object, keys: read, subject, found: newestOf(newest.value) })
          : checkPinned(spec, ask, { object, keys: read, subject, version }),
      ),
    ),
  );
}

async function checkDeleted(
  spec: AzureKeyVaultSpec,
  ask: AskAzure,
  object: RemoteObject,
  subject: string,
): Promise<StoreExamination> {
  const deleted = await ask("vault", `/deletedsecrets/${object.name}?api-version=${dataVersion}`);
  if ("value" in deleted) {
    const [since, until] = ["deletedDate", "scheduledPurgeDate"].map((field) => timeOf(childOf(deleted.value, field)));
    return broken(
      "object",
      subject,
      `was deleted at ${since ?? "an unknown time"}, and can be recovered until ${until ?? "it is purged"}`,
      `az keyvault secret recover --vault-name ${spec.vault} --name ${object.name}`,
    );
  }
  return broken("object", subject, "does not exist", rewrite(object));
}

interface Version {
  readonly id: string;
  readonly enabled: boolean;
  /** RFC 3339. */
  readonly written?: string;
}

function newestOf(secret: AzureJson): Version {
  const uri = valueAt(secret, ["properties", "secretUriWithVersion"]);
  const attributes = valueAt(secret, ["properties", "attributes"]);
  return { id: typeof uri === "string" ? (uri.split("/")[5] ?? "") : "", ...stateOf(attributes) };
}

function stateOf(attributes: unknown): Omit<Version, "id"> {
  const written = timeOf(childOf(attributes, "created"));
  return { enabled: childOf(attributes, "enabled") !== false, ...(written === undefined ? {} : { written }) };
}

interface VersionQuestion {
  readonly object: RemoteObject;
  readonly keys: readonly string[];
  readonly subject: string;
}

async function checkPinned(
  spec: AzureKeyVaultSpec,
  ask: AskAzure,
  { version, ...question }: VersionQuestion & { readonly version: string },
): Promise<StoreExamination> {
  const { object, subject } = question;
  const listed = await versionsOf(ask, object.name);
  if (!("value" in listed)) {
    return unanswered("object", `versions of ${subject}`, "refused" in listed ? listed.refused : "it is gone by now");
  }
  const found = listed.value.find(({ id }) => id === version);
  if (found === undefined) return broken("object", subject, `has no version ${version}`, rewrite(object));
  return checkVersion(spec, ask, { ...question, found });
}

/** Every version of a secret, without values. */
async function versionsOf(ask: AskAzure, name: string): Promise<Told<readonly Version[]>> {
  const found: Version[] = [];
  let next: string | undefined = `/secrets/${name}/versions?api-version=${dataVersion}`;
  while (next !== undefined) {
    const page: Told<AzureJson> = await ask("vault", next);
    if (!("value" in page)) return page;
    const items = childOf(page.value, "value");
    for (const each of (Array.isArray(items) ? items : []) as readonly unknown[]) {
      const id = childOf(each, "id");
      if (typeof id === "string") found.push({ id: id.split("/")[5] ?? "", ...stateOf(childOf(each, "attributes")) });
    }
    const link = childOf(page.value, "nextLink");
    next = typeof link === "string" && link !== "" ? pathOf(link) : undefined;
  }
  return { value: found };
}

function pathOf(link: string): string {
  const { pathname, search } = new URL(link);
  return `${pathname}${search}`;
}

async function checkVersion(
  spec: AzureKeyVaultSpec,
  ask: AskAzure,
  { object, keys, subject, found }: VersionQuestion & { readonly found: Version },
): Promise<StoreExamination> {
  const { name } = object;
  const { id, enabled, written } = found;
  if (!enabled) {
    return broken(
      "object",
      subject,
      `is disabled in version ${id}: nobody can read it`,
      `az keyvault secret set-attributes --vault-name ${spec.vault} --name ${name} --version ${id} --enabled true`,
    );
  }
  const state = sound(
    "object",
    `${subject} has version ${id}${written === undefined ? "" : `, written at ${written}`}`,
  );
  if (!isReadByProperty(object, keys)) return state;
  const held = await ask("vault", `/secrets/${name}/${id}?api-version=${dataVersion}`);
  const fix = secretRestoreCommand(spec, name);
  return examinedTogether([state, examineKeys({ object, keys, subject, version: id, fix }, valueOf(held))]);
}

function valueOf(held: Told<AzureJson>): Told<string> {
  if (!("value" in held)) return held;
  const value = childOf(held.value, "value");
  return { value: typeof value === "string" ? value : "" };
}

/** Seconds since 1970, as both APIs write times. */
function timeOf(seconds: unknown): string | undefined {
  return typeof seconds === "number" ? `${new Date(seconds * 1000).toISOString().slice(0, 19)}Z` : undefined;
}
