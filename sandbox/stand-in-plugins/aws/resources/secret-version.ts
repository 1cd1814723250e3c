import { randomUUID } from "node:crypto";
import {
  GetSecretValueCommand,
  ListSecretVersionIdsCommand,
  PutSecretValueCommand,
  UpdateSecretVersionStageCommand,
} from "@aws-sdk/client-secrets-manager";
import { equal, type PropertyMap, reveal, textOf, type Value } from "../../support/values.ts";
import { AwsCallError, doing, said } from "../errors.ts";
import type { AwsContext, AwsResource, Change, FoundObject } from "../resource.ts";

const SERVICE = "Secrets Manager";
const CURRENT = "AWSCURRENT";
const PREVIOUS = "AWSPREVIOUS";

/**
 * A value of a secret (hashicorp/terraform-provider-aws, internal/service/secretsmanager/secret_version.go). Its id is
 * `<secret>|<version>`. AWS keeps the label AWSCURRENT somewhere always: deleting the current version leaves the value in place.
 */
export const secretVersion: AwsResource = {
  fields: {
    secretId: { forceNew: true },
    secretString: { forceNew: true },
    secretStringWo: {},
    secretStringWoVersion: { forceNew: true },
    versionStages: { computed: true, same: sameSet },
  },
  required: ["secretId"],
  computed: ["arn", "secretArn", "versionId", "versionStages", "hasSecretStringWo"],
  secretOutputs: ["secretString"],
  unsupported: ["secretBinary"],
  writeOnly: ["secretStringWo"],
  regional: true,
  taggable: false,
  validate: ({ secretString, secretStringWo, secretStringWoVersion }) => {
    if (secretString !== undefined && secretStringWo !== undefined)
      return [{ property: "secretStringWo", reason: '"secretStringWo": conflicts with secretString' }];
    if (secretStringWo !== undefined && secretStringWoVersion === undefined)
      return [{ property: "secretStringWo", reason: "secretStringWo needs secretStringWoVersion" }];
    return [];
  },
  create,
  update,
  read,
  remove,
};

async function create({ clients, region, signal }: AwsContext, inputs: PropertyMap): Promise<string> {
  const client = await clients.secretsManager(region);
  const secretId = textOf(inputs["secretId"]);
  const stages = stagesOf(inputs["versionStages"]);
  const command = new PutSecretValueCommand({
    SecretId: secretId,
    ClientRequestToken: randomUUID(),
    SecretString: textOf(inputs["secretStringWo"] ?? inputs["secretString"]),
    ...(stages.length === 0 ? {} : { VersionStages: stages }),
  });
  return await doing(`putting Secrets Manager Secret (${secretId}) value`, async () => {
    const { VersionId = "" } = await said(SERVICE, "PutSecretValue", client.send(command, { abortSignal: signal }));
    return `${secretId}|${VersionId}`;
  });
}

async function update(context: AwsContext, id: string, { inputs, state, of }: Change): Promise<void> {
  if (!of("versionStages")) return;
  const [secretId, versionId] = idParts(id);
  const [old, wanted] = [stagesOf(state["versionStages"]), stagesOf(inputs["versionStages"])];
  for (const stage of wanted.filter((each) => !old.includes(each))) {
    const holder = stage === CURRENT ? await currentVersion(context, secretId) : undefined;
    await moveStage(context, secretId, stage, { to: versionId, ...(holder === undefined ? {} : { from: holder }) });
  }
  // AWSCURRENT can only be moved; AWS itself looks after AWSPREVIOUS when it is.
  const gone = old.filter((each) => !wanted.includes(each) && each !== CURRENT && each !== PREVIOUS);
  for (const stage of gone) await moveStage(context, secretId, stage, { from: versionId });
}

async function currentVersion({ clients, region, signal }: AwsContext, secretId: string): Promise<string | undefined> {
  const client = await clients.secretsManager(region);
  const command = new ListSecretVersionIdsCommand({ SecretId: secretId });
  const { Versions = [] } = await said(SERVICE, "ListSecretVersionIds", client.send(command, { abortSignal: signal }));
  return Versions.find(({ VersionStages }) => VersionStages?.includes(CURRENT))?.VersionId;
}

async function moveStage(
  { clients, region, signal }: AwsContext,
  secretId: string,
  stage: string,
  { from, to }: { from?: string; to?: string },
): Promise<void> {
  const client = await clients.secretsManager(region);
  const command = new UpdateSecretVersionStageCommand({
    ...{ SecretId: secretId, VersionStage: stage },
    ...(to === undefined ? {} : { MoveToVersionId: to }),
    ...(from === undefined ? {} : { RemoveFromVersionId: from }),
  });
  await said(SERVICE, "UpdateSecretVersionStage", client.send(command, { abortSignal: signal }));
}

async function read(
  { clients, region, signal }: AwsContext,
  id: string,
  known: PropertyMap,
): Promise<FoundObject | undefined> {
  const [secretId, versionId] = idParts(id);
  const client = await clients.secretsManager(region);
  const command = new GetSecretValueCommand({ SecretId: secretId, VersionId: versionId });
  return await doing(`reading Secrets Manager Secret Version (${id})`, async () => {
    const call = said(SERVICE, "GetSecretValue", client.send(command, { abortSignal: signal }));
    const found = await call.catch((error: unknown) => {
      if (isGone(error)) return undefined;
      throw error;
    });
    if (found === undefined) return undefined;
    const writeOnly = known["secretStringWo"] !== undefined || known["hasSecretStringWo"] === true;
    const properties: PropertyMap = {
      ...{ arn: found.ARN, secretArn: found.ARN, secretId, versionId: found.VersionId },
      versionStages: found.VersionStages ?? [],
      secretString: writeOnly ? undefined : found.SecretString,
      hasSecretStringWo: writeOnly ? true : undefined,
    };
    return { properties };
  });
}

async function remove(context: AwsContext, id: string, state: PropertyMap): Promise<void> {
  const [secretId, versionId] = idParts(id);
  for (const stage of stagesOf(state["versionStages"]).filter((each) => each !== CURRENT)) {
    try {
      await moveStage(context, secretId, stage, { from: versionId });
    } catch (error) {
      if (isGone(error)) return;
      // The new version took the label with it when it became the current one.
      if (error instanceof AwsCallError && error.code === "InvalidParameterException") continue;
      throw error;
    }
  }
}

function isGone(error: unknown): boolean {
  if (!(error instanceof AwsCallError)) return false;
  if (error.code === "ResourceNotFoundException") return true;
  return error.code === "InvalidRequestException" && /because it was (deleted|marked for deletion)/.test(error.message);
}

function idParts(id: string): [string, string] {
  const [secretId = "", versionId = ""] = id.split("|", 2);
  if (secretId === "" || versionId === "") {
    throw new Error(`unexpected format of ID (${id}), expected SecretID|VersionID`);
  }
  return [secretId, versionId];
}

function stagesOf(value: Value | undefined): string[] {
  const plain = value === undefined ? null : reveal(value);
  return Array.isArray(plain) ? plain.map((item) => textOf(item)) : [];
}

function sameSet(old: Value | undefined, next: Value | undefined): boolean {
  return equal(stagesOf(old).sort(), stagesOf(next).sort());
}
