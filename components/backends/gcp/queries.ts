import type { Provider } from "@pulumi/gcp/provider.js";
import { getSecrets } from "@pulumi/gcp/secretmanager/getSecrets.js";
import { getSecretVersionAccess } from "@pulumi/gcp/secretmanager/getSecretVersionAccess.js";
import { setCommand } from "../../support/messages/config-command.ts";
import { messageOf, StoreError } from "../../support/messages/errors.ts";
import type { Labels } from "../labels.ts";
import type { FoundObject } from "../survey.ts";
import { placesShown, type ShownReplication } from "./replication.ts";
import type { GcpSecretManagerSpec } from "./secret-manager.ts";

/** Queries to Secret Manager: which secrets exist, and the value of a secret's newest version. */

/** A project to query, and the provider to use. */
export interface Project {
  readonly spec: GcpSecretManagerSpec;
  readonly provider: Provider;
}

/** What a version that can be read holds. */
export interface HeldVersion {
  readonly payload: string;
  readonly version: string;
}

/**
 * A version, by default the newest; nothing where the secret has none such. Asked as a promise, since a missing one is no
 * failure.
 */
export async function heldVersion(
  { spec, provider }: Project,
  name: string,
  version?: string,
): Promise<HeldVersion | undefined> {
  const { project } = spec;
  const named = version === undefined ? "the newest version" : `version ${version}`;
  try {
    const args = { project, secret: name, ...(version === undefined ? {} : { version }) };
    const found = await getSecretVersionAccess(args, { provider, async: true });
    return { payload: found.secretData, version: found.version };
  } catch (error) {
    // https://cloud.google.com/secret-manager/docs/reference/rest/v1/projects.secrets.versions/access answers 404
    // "Secret [projects/…/secrets/…] not found or has no versions."
    if (/not found or has no versions|Error 404|NotFound|NOT_FOUND/.test(messageOf(error))) return undefined;
    throw new StoreError(
      `stores.${spec.name}`,
      `reading ${named} of "${name}" in project ${project} failed: ${messageOf(error)}`,
      `the deployer needs roles/secretmanager.secretAccessor, and ${named} must be enabled: ` +
        `gcloud secrets versions list ${name} --project=${project}`,
    );
  }
}

/** Existing secrets that may include these names, with their locations. */
export async function listSecrets(
  { spec, provider }: Project,
  names: readonly string[],
): Promise<ReadonlyMap<string, FoundObject>> {
  const { name, project } = spec;
  try {
    const shared = sharedStart(names);
    const filter = shared === "" ? {} : { filter: `name:${shared}` };
    const { secrets } = await getSecrets({ project, ...filter }, { provider, async: true });
    checkNumber(spec, secrets);
    return new Map(
      secrets.map(({ secretId, replications = [], effectiveLabels: labels = {} }) => [
        secretId,
        { locations: placesShown(replications), labels },
      ]),
    );
  } catch (error) {
    if (error instanceof StoreError) throw error;
    throw new StoreError(
      `stores.${name}`,
      `listing names in Secret Manager of project ${project} failed: ${messageOf(error)}`,
      `check the project, that its API secretmanager.googleapis.com is enabled, and that the deployer may list secrets (docs/stores/gcp-secret-manager.md#rights-of-the-deployer)`,
    );
  }
}

/** Google answers with the project's number, which rights are written with: a wrong one would grant to another project. */
function checkNumber({ name, project, projectNumber }: GcpSecretManagerSpec, secrets: readonly ListedSecret[]): void {
  const told = secrets.map((each) => /^projects\/(\d+)\//.exec(each.name)?.[1]).find((each) => each !== undefined);
  if (told === undefined || told === projectNumber) return;
  throw new StoreError(
    `stores.${name}.projectNumber`,
    `is ${projectNumber}, but the number of project ${project} is ${told}`,
    setCommand(["stores", name, "projectNumber"], told),
  );
}

interface ListedSecret {
  readonly secretId: string;
  readonly name: string;
  readonly replications?: readonly ShownReplication[];
  /** All of them, whoever set them. */
  readonly effectiveLabels?: Labels;
}

/** What all names start with, without dashes at its end: the filter looks for it anywhere in a name. */
function sharedStart(names: readonly string[]): string {
  const [first = "", ...rest] = names;
  const isShared = (length: number) => rest.every((name) => name.startsWith(first.slice(0, length)));
  let length = first.length;
  while (length > 0 && !isShared(length)) length -= 1;
  return first.slice(0, length).replace(/[-_]+$/, "");
}
