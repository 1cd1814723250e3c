import { examineKeys, rewrite } from "../examine-keys.ts";
import { broken, examinedTogether, sound, unanswered } from "../examiner.ts";
import type { ReadObject, StoreExamination } from "../examiner.ts";
import { isReadByProperty, keysByVersion } from "../held-keys.ts";
import type { AwsStoreSpec } from "./identity-rules.ts";
import type { AwsParameterStoreSpec } from "./parameter-store.ts";
import type { AwsQuestions, SecretFacts } from "./questions.ts";
import { checkReplicas, isReplica } from "./replicas.ts";
import { parameterRestoreCommand, secretRestoreCommand } from "./restore-commands.ts";
import { idPrefix, type AwsSecretsManagerSpec } from "./secrets-manager.ts";

/** Whether an object is there in the versions that are read, with its keys. */
export async function checkAwsObject(
  spec: AwsStoreSpec,
  ask: AwsQuestions,
  object: ReadObject,
  keys: readonly string[],
): Promise<StoreExamination> {
  const versions = [...keysByVersion(object, keys)];
  return examinedTogether(
    await Promise.all(
      versions.map(([version, read]) => {
        const question = { object, keys: read, version };
        return spec.kind === "aws-parameter-store"
          ? checkParameter(spec, ask, question)
          : checkSecret(spec, ask, question);
      }),
    ),
  );
}

/** Keys of an object that are read in one version. */
interface VersionQuestion {
  readonly object: ReadObject;
  readonly keys: readonly string[];
  /** Default: the newest. */
  readonly version: string | undefined;
}

async function checkParameter(
  spec: AwsParameterStoreSpec,
  ask: AwsQuestions,
  { object, keys, version }: VersionQuestion,
): Promise<StoreExamination> {
  const subject = `parameter "${object.name}" in account ${spec.accountId}, region ${spec.region}`;
  const found = await ask.parameter(object.name, version);
  if ("refused" in found) return unanswered("object", subject, found.refused);
  if ("absent" in found) {
    return broken(
      "object",
      subject,
      version === undefined ? "does not exist" : `has no version ${version}`,
      rewrite(object),
    );
  }
  const { version: number, changed, type } = found.value;
  const state = sound("object", `${subject} has version ${number} (${type})${changedAt(changed)}`);
  if (!isReadByProperty(object, keys)) return state;
  const held = await ask.parameterValue(object.name, version);
  const fix = parameterRestoreCommand(spec, object.name);
  return examinedTogether([state, examineKeys({ subject, object, keys, version: String(number), fix }, held)]);
}

async function checkSecret(
  spec: AwsSecretsManagerSpec,
  ask: AwsQuestions,
  { object, keys, version }: VersionQuestion,
): Promise<StoreExamination> {
  const { name } = object;
  const subject = `secret "${name}" in account ${spec.accountId}, region ${spec.region}`;
  const found = await ask.secret(name);
  if ("refused" in found) return unanswered("object", subject, found.refused);
  if ("absent" in found) return broken("object", subject, "does not exist", rewrite(object));
  if (object.replicaOf !== undefined && !isReplica(found.value)) {
    const problem = `is no replica of the one that is written in store ${object.replicaOf}`;
    return broken("object", subject, problem, "see whose it is: docs/stores/aws-secrets-manager.md#replicas");
  }
  const { deleted, changed } = found.value;
  if (deleted !== undefined) {
    return broken(
      "object",
      subject,
      `is scheduled for deletion, since ${timeOf(deleted)}: nobody can read it`,
      `aws secretsmanager restore-secret --region ${spec.region} --secret-id ${name}`,
    );
  }
  const wanted = version ?? "AWSCURRENT";
  const id = versionIdOf(found.value, wanted);
  if (id === undefined) {
    return broken("object", subject, `has no version ${wanted.replace(idPrefix, "")}`, rewrite(object));
  }
  const stages = found.value.stages[id] ?? [];
  const state = examinedTogether([
    sound("object", `${subject} has version ${id} (${stages.join(", ")})${changedAt(changed)}`),
    ...checkReplicas(spec, object, subject, found.value),
  ]);
  if (!isReadByProperty(object, keys)) return state;
  const held = await ask.secretValue(name, version);
  const fix = secretRestoreCommand(spec, name, { from: id });
  return examinedTogether([state, examineKeys({ subject, object, keys, version: id, fix }, held)]);
}

function versionIdOf({ stages }: SecretFacts, version: string): string | undefined {
  if (version.startsWith(idPrefix)) return Object.keys(stages).find((id) => id === version.slice(idPrefix.length));
  return Object.entries(stages).find(([, labels]) => labels.includes(version))?.[0];
}

function changedAt(changed: Date | undefined): string {
  return changed === undefined ? "" : `, changed at ${timeOf(changed)}`;
}

function timeOf(time: Date): string {
  return `${time.toISOString().slice(0, 19)}Z`;
}
