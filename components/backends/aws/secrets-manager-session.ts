import { output, secret, type CustomResourceOptions, type ErrorHook, type Output } from "@pulumi/pulumi";
import { getSecret } from "@pulumi/aws/secretsmanager/getSecret.js";
import { Secret } from "@pulumi/aws/secretsmanager/secret.js";
import { SecretPolicy } from "@pulumi/aws/secretsmanager/secretPolicy.js";
import { SecretRotation } from "@pulumi/aws/secretsmanager/secretRotation.js";
import { SecretVersion } from "@pulumi/aws/secretsmanager/secretVersion.js";
import type { StateResource, StoredObject } from "../contract.ts";
import { isAwsGrant, type AwsReadGrant } from "./grant.ts";
import type { NativeRotationSpec } from "../native-rotation.ts";
import { inspectVersions, versionOfReads } from "../references.ts";
import type { RemoteObject } from "../remote-object.ts";
import type { OpenArgs, PutArgs, StoreBackend, StoreSession } from "../session.ts";
import { intactness, presentAmong, type FoundObject, type OwnedObject, type Survey } from "../survey.ts";
import { isIntact, lastWritten, valueInputs } from "../write-only.ts";
import { awsProvider, fitting, objectTags } from "./provider.ts";
import { accountKey, replicaInput } from "./replicas.ts";
import { warnOfFailedReplicas } from "./failed-replicas.ts";
import { secretRestoreCommand } from "./restore-commands.ts";
import { scheduledDeletionHook } from "./scheduled-deletion.ts";
import { held, list, tagsOf, versionsOf, type Account } from "./secrets-manager-queries.ts";
import {
  idPrefix,
  secretArnPrefix,
  secretBytes,
  secretResourcePolicy,
  secretSizeFix,
  secretSizeProblem,
  type AwsSecretsManagerSpec,
} from "./secrets-manager.ts";

export const backend: StoreBackend<AwsSecretsManagerSpec> = { open };

const secretType = "aws:secretsmanager/secret:Secret";
const versionType = "aws:secretsmanager/secretVersion:SecretVersion";

/**
 * Inputs that an object that is adopted may have otherwise: an import demands that inputs are as the object is. The
 * next run, which adopts no more, makes them as they are to be.
 */
const settledLater = [
  ...["description", "forceOverwriteReplicaSecret", "kmsKeyId", "policy"],
  ...["recoveryWindowInDays", "replicas", "tags", "tagsAll"],
];

function open({ spec, options }: OpenArgs<AwsSecretsManagerSpec>): StoreSession {
  const account = { spec, provider: awsProvider(spec, options) };
  const explainDeleted = scheduledDeletionHook(spec);
  const read = (name: string) => secret(held(account, name));
  return {
    owned: (state) => owned(spec, state),
    existing: async (names) => {
      const prefixes = new Set(names.map((name) => /^[^/]*\/?/.exec(name)?.[0] ?? ""));
      const listed = await Promise.all([...prefixes].map((prefix) => list(account, prefix)));
      return presentAmong(names, new Map(listed.flat()));
    },
    needsObject: true,
    restoreCommand: (name, known) => secretRestoreCommand(spec, name, { to: known?.names.versionId }),
    read,
    inspect: (object) => inspectVersions(object, versionsOf(account, object.name)),
    labelsOf: (name) => tagsOf(account, name),
    prepare: (survey) => ({
      options: { provider: account.provider },
      survey,
      read,
      put: (name, args) => put({ ...account, explainDeleted, survey, read }, name, args),
      reference: (name, object) => reference(account, name, object),
      replica: (object, primary) => replica(spec, object, primary),
    }),
  };
}

function owned(spec: AwsSecretsManagerSpec, state: readonly StateResource[]): ReadonlyMap<string, OwnedObject> {
  const prefix = secretArnPrefix(spec);
  const ours = state.filter(({ type, names }) => type === secretType && names.arn?.startsWith(prefix));
  return new Map(
    ours.map(({ name: resource, names }) => {
      const version = state.find((each) => each.type === versionType && each.names.secretId === names.arn);
      const versionId = version?.names.versionId;
      const known: OwnedObject = {
        resource,
        names: { ...names, ...(versionId === undefined ? {} : { versionId }) },
        ...(version === undefined ? {} : { written: version.outputs }),
      };
      return [names.name ?? "", known];
    }),
  );
}

interface Prepared extends Account {
  readonly explainDeleted: ErrorHook;
  readonly survey: Survey;
  readonly read: (name: string) => Output<string | undefined>;
}

function put(prepared: Prepared, name: string, args: PutArgs): StoredObject {
  const { spec, provider, survey, read } = prepared;
  const { object } = args;
  const writeOnly = spec.writeOnly === true;
  const options = { ...args.options, provider, retainOnDelete: args.retain };
  const holder = makeHolder(prepared, name, args, options);
  warnOfFailedReplicas(spec, object.name, holder.replicas);
  // A new value is a new version, made before the old one goes; that then only loses its place in the state: AWS keeps
  // it as AWSPREVIOUS, readable, until the next rotation.
  const value = valueInputs("secretString", args, { writeOnly, value: fittingPayload(spec, args) });
  const version = new SecretVersion(name, { secretId: holder.arn, ...value }, options);
  // For an adopted secret this overwrites any existing policy: the API has no other way.
  new SecretPolicy(
    name,
    { secretArn: holder.arn, policy: secretResourcePolicy(spec), blockPublicPolicy: true },
    options,
  );
  return {
    object,
    grant: grant(spec, holder.arn, object),
    version: version.versionId,
    resources: [version],
    ...intactness(survey.owned.get(object.name), (written) =>
      isIntact({
        held: read(object.name),
        last: written.apply((outputs) => lastWritten("secretString", outputs)),
        put: args,
        writeOnly,
      }),
    ),
  };
}

/** ARN and time of the last change come with one question, which shows no value. */
function reference({ spec, provider }: Account, name: string, object: RemoteObject): StoredObject {
  const found = getSecret({ name: object.name }, { provider, async: true });
  if (object.nativeRotation !== undefined) {
    setRotation(name, output(found.then(({ arn }) => arn)), object.nativeRotation, provider);
  }
  return {
    object,
    grant: grant(spec, output(found.then(({ arn }) => arn)), object),
    // It moves with the stages of versions as well. A version that is named by its id stays what it is.
    version: versionOfReads(object, (version) =>
      output(
        version?.startsWith(idPrefix) === true
          ? version.slice(idPrefix.length)
          : found.then(({ lastChangedDate }) => lastChangedDate),
      ),
    ),
    resources: [],
  };
}

/**
 * Has Secrets Manager rotate with the function. It runs the function's test step when this is set up, and rotates at once
 * only where facts say so. Nobody waits for a rotation: readers follow at the operator's next read.
 */
function setRotation(
  name: string,
  secretId: Output<string>,
  rotation: NativeRotationSpec,
  provider: Account["provider"],
): void {
  const { lambdaArn, automaticallyAfterDays, scheduleExpression, duration, rotateImmediately, retain } = rotation;
  new SecretRotation(
    `${name}/rotation`,
    {
      secretId,
      rotationLambdaArn: lambdaArn,
      rotateImmediately,
      rotationRules: {
        ...(automaticallyAfterDays === undefined ? {} : { automaticallyAfterDays }),
        ...(scheduleExpression === undefined ? {} : { scheduleExpression }),
        ...(duration === undefined ? {} : { duration }),
      },
    },
    { provider, retainOnDelete: retain },
  );
}

/** "Replicate AWS Secrets Manager secrets across Regions": the ARN of a replica is that of the primary but for its region. */
function replica(spec: AwsSecretsManagerSpec, object: RemoteObject, primary: StoredObject): StoredObject {
  const { grant: ofPrimary, version, resources } = primary;
  if (!isAwsGrant(ofPrimary)) throw new Error(`"${object.name}" is the replica of something that is no secret of AWS`);
  const arn = output(ofPrimary.arn).apply((text) => text.replace(/^((?:[^:]*:){3})[^:]*/, `$1${spec.region}`));
  return { object, grant: grant(spec, arn, object), version, resources };
}

/**
 * The secret that holds the versions. Before the provider deletes it, it removes its replicas, which AWS would
 * otherwise refuse.
 */
function makeHolder(
  { spec, explainDeleted, survey }: Prepared,
  name: string,
  args: PutArgs,
  options: CustomResourceOptions,
): Secret {
  const { recoveryWindowDays, replicas } = spec;
  const { name: remoteName } = args.object;
  const key = keyOf(spec, survey.owned.get(remoteName));
  const untracked = survey.untracked.get(remoteName);
  return new Secret(
    name,
    {
      name: remoteName,
      ...(key === undefined ? {} : { kmsKeyId: key }),
      recoveryWindowInDays: recoveryWindowDays,
      ...(replicas.length === 0 ? {} : { replicas: replicas.map(replicaInput) }),
      tags: objectTags(spec, args),
    },
    {
      ...options,
      hooks: { onError: [explainDeleted] },
      ...(untracked === undefined ? {} : adoptionOptions(remoteName, untracked)),
    },
  );
}

/** Creating an existing name is refused, so it is imported; its value is written as a new version. */
function adoptionOptions(remoteName: string, { id }: FoundObject): CustomResourceOptions {
  if (id === undefined) throw new Error(`"${remoteName}" is to be adopted and was found without its ARN`);
  return { import: id, ignoreChanges: settledLater };
}

/**
 * Leaving the key out would leave the secret with the customer key that it has, which readers may no longer use: the
 * provider takes an absent key for "as it is". AWS in turn does not tell the name of its own key, so that naming it
 * always would be a change at every run.
 */
function keyOf({ kmsKeyArn }: AwsSecretsManagerSpec, known: OwnedObject | undefined): string | undefined {
  return kmsKeyArn ?? ((known?.names.kmsKeyId ?? "") === "" ? undefined : accountKey);
}

function grant(spec: AwsSecretsManagerSpec, arn: AwsReadGrant["arn"], { foreign }: RemoteObject): AwsReadGrant {
  const { kind } = spec;
  const kmsKeyArn = foreign?.kmsKeyArn ?? spec.kmsKeyArn;
  return { kind, arn, ...(kmsKeyArn === undefined ? {} : { kmsKeyArn }) };
}

function fittingPayload(spec: AwsSecretsManagerSpec, { object, payload }: PutArgs): Output<string> {
  const subject = `stores.${spec.name}: secret "${object.name}"`;
  return fitting(
    payload,
    secretBytes,
    (bytes) => `${secretSizeProblem(subject, bytes)}.\n    fix: ${secretSizeFix(spec)}`,
  );
}
