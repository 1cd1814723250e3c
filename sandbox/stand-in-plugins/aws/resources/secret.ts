import { randomUUID } from "node:crypto";
import {
  CreateSecretCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  RemoveRegionsFromReplicationCommand,
  type ReplicaRegionType,
  ReplicateSecretToRegionsCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateSecretCommand,
} from "@aws-sdk/client-secrets-manager";
import { equalNullish } from "../../support/nullish.ts";
import { isMap, type PropertyMap, reveal, textOf, type Value } from "../../support/values.ts";
import { doing, said, unless } from "../errors.ts";
import type { AwsContext, AwsResource, Change, FoundObject } from "../resource.ts";
import { tagChanges, tagList, tagMap, type Tags } from "../tags.ts";

const SERVICE = "Secrets Manager";

/**
 * A secret of Secrets Manager, without a value (hashicorp/terraform-provider-aws, internal/service/secretsmanager/secret.go); its id
 * is its ARN. The official plugin tries for two minutes to create a name that is scheduled for deletion; here, where nothing
 * settles late, AWS' refusal comes at once.
 */
export const secretResource: AwsResource = {
  fields: {
    name: { forceNew: true },
    description: { same: equalNullish },
    kmsKeyId: { same: equalNullish },
    recoveryWindowInDays: { fallback: 30 },
    forceOverwriteReplicaSecret: { fallback: false },
    replicas: { computed: true, same: sameReplicas },
  },
  required: [],
  computed: ["arn", "replicas"],
  secretOutputs: [],
  unsupported: ["namePrefix", "policy", "type"],
  autoname: "name",
  regional: true,
  taggable: true,
  validate: ({ recoveryWindowInDays: days }) =>
    days === undefined || days === 0 || (typeof days === "number" && days >= 7 && days <= 30)
      ? []
      : [
          {
            property: "recoveryWindowInDays",
            reason: "expected recoveryWindowInDays to be 0 or in the range (7 - 30)",
          },
        ],
  create,
  update,
  retag: async ({ clients, region, signal }, id, { from, to }) => {
    const client = await clients.secretsManager(region);
    const { set, remove } = tagChanges(from, to);
    if (remove.length > 0) {
      const command = new UntagResourceCommand({ SecretId: id, TagKeys: [...remove] });
      await said(SERVICE, "UntagResource", client.send(command, { abortSignal: signal }));
    }
    if (Object.keys(set).length === 0) return;
    const command = new TagResourceCommand({ SecretId: id, Tags: tagList(set) });
    await said(SERVICE, "TagResource", client.send(command, { abortSignal: signal }));
  },
  read,
  remove,
};

async function create({ clients, region, signal }: AwsContext, inputs: PropertyMap, tags: Tags): Promise<string> {
  const client = await clients.secretsManager(region);
  const name = textOf(inputs["name"]);
  const kmsKeyId = textOf(inputs["kmsKeyId"]);
  const replicas = replicasOf(inputs["replicas"]);
  const command = new CreateSecretCommand({
    Name: name,
    ClientRequestToken: randomUUID(),
    Description: textOf(inputs["description"]),
    ForceOverwriteReplicaSecret: inputs["forceOverwriteReplicaSecret"] === true,
    Tags: tagList(tags),
    ...(kmsKeyId === "" ? {} : { KmsKeyId: kmsKeyId }),
    ...(replicas.length === 0 ? {} : { AddReplicaRegions: replicas }),
  });
  return await doing(`creating Secrets Manager Secret (${name})`, async () => {
    const { ARN = "" } = await said(SERVICE, "CreateSecret", client.send(command, { abortSignal: signal }));
    return ARN;
  });
}

async function update(context: AwsContext, id: string, { inputs, state, of }: Change): Promise<void> {
  const { clients, region, signal } = context;
  const client = await clients.secretsManager(region);
  if (of("replicas")) {
    const [old, wanted] = [replicasOf(state["replicas"]), replicasOf(inputs["replicas"])];
    await removeReplicas(
      context,
      id,
      old.filter((each) => !wanted.some((other) => fits(each, other))),
    );
    const added = wanted.filter((each) => !old.some((other) => fits(other, each)));
    const command = new ReplicateSecretToRegionsCommand({
      ...{ SecretId: id, AddReplicaRegions: added },
      ForceOverwriteReplicaSecret: inputs["forceOverwriteReplicaSecret"] === true,
    });
    if (added.length > 0) {
      await doing(`adding Secrets Manager Secret (${id}) replicas`, () =>
        said(SERVICE, "ReplicateSecretToRegions", client.send(command, { abortSignal: signal })),
      );
    }
  }
  if (!of("description", "kmsKeyId")) return;
  const kmsKeyId = textOf(inputs["kmsKeyId"]);
  const command = new UpdateSecretCommand({
    SecretId: id,
    ClientRequestToken: randomUUID(),
    Description: textOf(inputs["description"]),
    ...(kmsKeyId === "" ? {} : { KmsKeyId: kmsKeyId }),
  });
  await doing(`updating Secrets Manager Secret (${id})`, () =>
    said(SERVICE, "UpdateSecret", client.send(command, { abortSignal: signal })),
  );
}

async function read({ clients, region, signal }: AwsContext, id: string): Promise<FoundObject | undefined> {
  const client = await clients.secretsManager(region);
  const command = new DescribeSecretCommand({ SecretId: id });
  return await doing(`reading Secrets Manager Secret (${id})`, async () => {
    const found = await unless(["ResourceNotFoundException"], () =>
      said(SERVICE, "DescribeSecret", client.send(command, { abortSignal: signal })),
    );
    // One that waits for its deletion is gone for the program; its name is still taken.
    if (found === undefined || found.DeletedDate !== undefined) return undefined;
    const replicas = (found.ReplicationStatus ?? []).map((replica): PropertyMap => ({
      region: replica.Region,
      kmsKeyId: replica.KmsKeyId,
      status: replica.Status,
      statusMessage: replica.StatusMessage,
    }));
    const properties: PropertyMap = {
      ...{ arn: found.ARN, name: found.Name, replicas },
      ...{ description: found.Description ?? "", kmsKeyId: found.KmsKeyId ?? "" },
    };
    return { properties, tags: tagMap(found.Tags) };
  });
}

// AWS refuses to delete a secret that still has replicas.
async function remove(context: AwsContext, id: string, state: PropertyMap): Promise<void> {
  const { clients, region, signal } = context;
  await removeReplicas(context, id, replicasOf(state["replicas"]));
  const client = await clients.secretsManager(region);
  const days = Number(state["recoveryWindowInDays"] ?? 30);
  const command = new DeleteSecretCommand({
    SecretId: id,
    ...(days === 0 ? { ForceDeleteWithoutRecovery: true } : { RecoveryWindowInDays: days }),
  });
  await doing(`deleting Secrets Manager Secret (${id})`, () =>
    unless(["ResourceNotFoundException"], () =>
      said(SERVICE, "DeleteSecret", client.send(command, { abortSignal: signal })),
    ),
  );
}

async function removeReplicas(
  { clients, region, signal }: AwsContext,
  id: string,
  replicas: readonly ReplicaRegionType[],
): Promise<void> {
  if (replicas.length === 0) return;
  const client = await clients.secretsManager(region);
  const regions = replicas.flatMap(({ Region }) => (Region === undefined ? [] : [Region]));
  const command = new RemoveRegionsFromReplicationCommand({ SecretId: id, RemoveReplicaRegions: regions });
  await doing(`removing Secrets Manager Secret (${id}) replicas`, () =>
    unless(["ResourceNotFoundException"], () =>
      said(SERVICE, "RemoveRegionsFromReplication", client.send(command, { abortSignal: signal })),
    ),
  );
}

function replicasOf(value: Value | undefined): ReplicaRegionType[] {
  const plain = value === undefined ? null : reveal(value);
  if (!Array.isArray(plain)) return [];
  return plain.filter(isMap).map(({ region, kmsKeyId }) => {
    const key = textOf(kmsKeyId);
    return { Region: textOf(region), ...(key === "" ? {} : { KmsKeyId: key }) };
  });
}

/** A replica with another key is another one: the provider's set tells them apart by both, also where none is named. */
function fits(found: ReplicaRegionType, wanted: ReplicaRegionType): boolean {
  return found.Region === wanted.Region && (found.KmsKeyId ?? "") === (wanted.KmsKeyId ?? "");
}

function sameReplicas(old: Value | undefined, next: Value | undefined): boolean {
  const [found, wanted] = [replicasOf(old), replicasOf(next)];
  return found.length === wanted.length && wanted.every((each) => found.some((other) => fits(other, each)));
}
