import { isRecord } from "../../support/is-record.ts";
import { messageOf } from "../../support/messages/errors.ts";
import type { NotAsked, Told } from "../examiner.ts";
import { toldAs, type OldVersions } from "../old-versions.ts";
import { deployerClient, googleQuestions, type AskGoogle } from "./questions.ts";
import type { GcpSecretManagerSpec } from "./secret-manager.ts";

/** Versions in a page, and pages that are read: Secret Manager keeps no more versions of a secret than that. */
const [pageSize, mostPages] = [1000, 50];

/** Opens Secret Manager for its old versions, with the deployer's credentials. */
export async function open(
  spec: GcpSecretManagerSpec,
  variable: (name: string) => string | undefined,
): Promise<OldVersions | NotAsked> {
  try {
    const client = await deployerClient(variable);
    await client.getAccessToken();
    // What was asked once is asked again after it was changed.
    return googleOldVersions(spec, (url, method) => googleQuestions(client)(url, method));
  } catch (error) {
    return { reason: messageOf(error).split("\n")[0] ?? "" };
  }
}

/**
 * Old versions are disabled, which can be taken back, and not destroyed.
 * https://cloud.google.com/secret-manager/docs/reference/rest/v1/projects.secrets.versions
 */
export function googleOldVersions({ project }: Pick<GcpSecretManagerSpec, "project">, ask: AskGoogle): OldVersions {
  const below = (object: string) =>
    `https://secretmanager.googleapis.com/v1/projects/${project}/secrets/${object}/versions`;
  return {
    list: async (object) => toldAs(await versionsOf(ask, below(object)), oldAmong),
    disable: async (object, version) =>
      toldAs(await ask(`${below(object)}/${version}:disable`, "POST"), () => true as const),
  };
}

interface Version {
  readonly number: number;
  readonly isEnabled: boolean;
}

async function versionsOf(ask: AskGoogle, url: string): Promise<Told<readonly Version[]>> {
  const found: Version[] = [];
  let token = "";
  for (let page = 0; page < mostPages; page += 1) {
    const told = await ask(
      `${url}?pageSize=${pageSize}${token === "" ? "" : `&pageToken=${encodeURIComponent(token)}`}`,
    );
    if (!("value" in told)) return told;
    const { versions, nextPageToken: next } = told.value;
    found.push(
      ...(Array.isArray(versions) ? versions : []).filter(isRecord).map(({ name, state }) => ({
        number: Number(String(name).split("/").at(-1)),
        isEnabled: state === "ENABLED",
      })),
    );
    if (typeof next !== "string" || next === "") return { value: found };
    token = next;
  }
  return { refused: `it has more versions than ${pageSize * mostPages}` };
}

/** `latest` is the highest number, whatever its state is. */
function oldAmong(versions: readonly Version[]): readonly string[] {
  const latest = Math.max(...versions.map(({ number }) => number));
  return versions
    .filter(({ number, isEnabled }) => isEnabled && number < latest)
    .sort((a, b) => a.number - b.number)
    .map(({ number }) => String(number));
}
