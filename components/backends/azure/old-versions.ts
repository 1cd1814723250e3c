import { messageOf } from "../../support/messages/errors.ts";
import { isRecord } from "../../support/is-record.ts";
import { childOf, valueAt } from "../../support/value-at.ts";
import type { NotAsked, Told } from "../examiner.ts";
import { toldAs, type OldVersions } from "../old-versions.ts";
import { deployerTokens } from "./credentials.ts";
import { azureClouds, type AzureKeyVaultSpec } from "./key-vault.ts";
import { azureQuestions, azureUpdates, type AskAzure, type AzureJson, type UpdateAzure } from "./questions.ts";

/** https://learn.microsoft.com/rest/api/keyvault/secrets: versions of the API of a vault. */
const apiVersion = "api-version=7.4";
/** Pages of a list that are read: Key Vault sends 25 versions in each. */
const mostPages = 40;

/** Opens a Key Vault for its old versions, with the deployer's credentials. */
export async function open(
  spec: AzureKeyVaultSpec,
  variable: (name: string) => string | undefined,
): Promise<OldVersions | NotAsked> {
  const token = deployerTokens(spec, variable);
  try {
    await token(`https://${azureClouds[spec.vaultSuffix].management}`);
  } catch (error) {
    return { reason: messageOf(error).split("\n")[0] ?? "" };
  }
  return azureOldVersions(azureQuestions(spec, token), azureUpdates(spec, token));
}

/** Old versions are disabled, which can be taken back: a single one can't be deleted. */
export function azureOldVersions(ask: AskAzure, update: UpdateAzure): OldVersions {
  return {
    list: async (object) => toldAs(await versionsOf(ask, object), oldAmong),
    disable: async (object, version) =>
      toldAs(
        await update(`/secrets/${object}/${version}?${apiVersion}`, { attributes: { enabled: false } }),
        () => true as const,
      ),
  };
}

interface Version {
  readonly id: string;
  readonly enabled: boolean;
  /** Seconds since 1970. */
  readonly created: number;
}

async function versionsOf(ask: AskAzure, object: string): Promise<Told<readonly Version[]>> {
  const found: Version[] = [];
  let path = `/secrets/${object}/versions?${apiVersion}`;
  for (let page = 0; page < mostPages; page += 1) {
    const told = await ask("vault", path);
    if (!("value" in told)) return told;
    found.push(...versionsIn(told.value));
    const next = told.value["nextLink"];
    if (typeof next !== "string" || next === "") return { value: found };
    const { pathname, search } = new URL(next);
    path = `${pathname}${search}`;
  }
  return { refused: `secret ${object} has more versions than ${mostPages} pages` };
}

function versionsIn(body: AzureJson): readonly Version[] {
  const items = childOf(body, "value");
  return (Array.isArray(items) ? items : []).filter(isRecord).map((each) => ({
    id: String(each["id"]).split("/").at(-1) ?? "",
    enabled: valueAt(each, ["attributes", "enabled"]) === true,
    created: Number(valueAt(each, ["attributes", "created"])),
  }));
}

/**
 * The versions before the newest one that can be read. Times are whole seconds: where several have the newest one's, none of them is
 * old, since nothing tells which one a reader gets.
 */
function oldAmong(versions: readonly Version[]): readonly string[] {
  const newest = Math.max(...versions.map(({ created }) => created));
  return versions
    .filter(({ created, enabled }) => enabled && created < newest)
    .sort((a, b) => a.created - b.created)
    .map(({ id }) => id);
}
