/**
 * What Secret Manager accepts: https://cloud.google.com/secret-manager/docs/reference/rest/v1/projects.secrets and
 * https://cloud.google.com/secret-manager/quotas. The wording of these refusals is the fake's own where no public text was found.
 */
import * as z from "zod";
import { GcpError, notInFake } from "../errors.ts";
import type { Replication, StoredSecret } from "../state.ts";

/** "Secret payload: 64 KiB". */
export const MAX_PAYLOAD_BYTES = 64 * 1024;
const MAX_ANNOTATION_BYTES = 16 * 1024;
const SECRET_ID = /^[A-Za-z0-9_-]{1,255}$/;
const LABEL_KEY = /^[\p{Ll}\p{Lo}][\p{Ll}\p{Lo}\p{N}_-]{0,62}$/u;
const LABEL_VALUE = /^[\p{Ll}\p{Lo}\p{N}_-]{0,63}$/u;
const ANNOTATION_KEY = /^[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$/;
const ALIAS = /^(?!(?:latest|NEW)$)[A-Za-z][A-Za-z0-9_-]{0,62}$/;
const TOPIC = /^projects\/[^/]+\/topics\/[^/]+$/;
const KEY = /^projects\/[^/]+\/locations\/([^/]+)\/keyRings\/[^/]+\/cryptoKeys\/[^/]+$/;
const DAY = 86_400;

const texts = z.record(z.string(), z.string());
const encryption = z.strictObject({ kmsKeyName: z.string() });
const replicationSchema = z.strictObject({
  automatic: z.strictObject({ customerManagedEncryption: encryption.optional() }).optional(),
  userManaged: z
    .strictObject({
      replicas: z
        .array(z.strictObject({ location: z.string(), customerManagedEncryption: encryption.optional() }))
        .default([]),
    })
    .optional(),
});

/** `Secret`, as requests give it: what only answers hold (`name`, `createTime`) is taken and has no effect, as in the API. */
export const secretSchema = z.strictObject({
  name: z.string().optional(),
  createTime: z.string().optional(),
  policyMember: z.unknown().optional(),
  replication: replicationSchema.optional(),
  labels: texts.default({}),
  annotations: texts.default({}),
  topics: z.array(z.strictObject({ name: z.string() })).default([]),
  rotation: z
    .strictObject({ nextRotationTime: z.string().optional(), rotationPeriod: z.string().optional() })
    .optional(),
  versionAliases: z.record(z.string(), z.coerce.string()).default({}),
  versionDestroyTtl: z.string().optional(),
  // Known to the API and refused below: none may be lost silently.
  etag: z.string().optional(),
  expireTime: z.string().optional(),
  ttl: z.string().optional(),
  tags: texts.optional(),
  customerManagedEncryption: z.unknown().optional(),
  secretType: z.string().optional(),
});

/** A secret as a request gives it. */
export type SecretInput = z.infer<typeof secretSchema>;

/** Reads a request by its schema: an unknown field is an error there too ("Cannot find field"). */
export function parse<Schema extends z.ZodType>(schema: Schema, value: unknown): z.infer<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw invalid(`Invalid request: ${z.prettifyError(parsed.error)}`);
}

/** A refusal of what was sent. */
export function invalid(message: string): GcpError {
  return new GcpError("INVALID_ARGUMENT", message);
}

/** Throws for an id that cannot be a secret's. */
export function checkSecretId(id: string): void {
  if (!SECRET_ID.test(id)) {
    throw invalid(`Secret ID [${id}] does not match the expected format [[a-zA-Z_0-9-]{1,255}].`);
  }
}

/** Throws for what the real service does and this one does not. */
export function refuseUnsupported(secret: SecretInput): void {
  if (secret.etag !== undefined && secret.etag !== "") throw notInFake("etags of secrets");
  if (secret.expireTime !== undefined || secret.ttl !== undefined) throw notInFake("secrets that expire");
  if (Object.keys(secret.tags ?? {}).length > 0) throw notInFake("resource manager tags");
  if (secret.customerManagedEncryption !== undefined) throw notInFake("regional secrets");
  if (![undefined, "SECRET_TYPE_UNSPECIFIED"].includes(secret.secretType)) throw notInFake("typed secrets");
}

/** The replication policy of a new secret. */
export function checkReplication(replication: SecretInput["replication"]): Replication {
  const { automatic, userManaged } = replication ?? {};
  if ((automatic === undefined) === (userManaged === undefined)) {
    throw invalid("Field [secret.replication] must be set to exactly one of [automatic] and [user_managed].");
  }
  if (automatic !== undefined) {
    checkKey(automatic.customerManagedEncryption?.kmsKeyName, "global");
    return { automatic: withKey({}, automatic.customerManagedEncryption) };
  }
  const replicas = userManaged?.replicas ?? [];
  if (replicas.length === 0) throw invalid("Field [secret.replication.user_managed.replicas] cannot be empty.");
  const locations = new Set<string>();
  for (const { location, customerManagedEncryption } of replicas) {
    if (!/^[a-z]+(?:-[a-z]+)+[0-9]+$/.test(location)) throw invalid(`Location [${location}] is not supported.`);
    if (locations.has(location)) throw invalid(`Location [${location}] is given more than once.`);
    locations.add(location);
    checkKey(customerManagedEncryption?.kmsKeyName, location);
  }
  const withKeyCount = replicas.filter(
    ({ customerManagedEncryption }) => customerManagedEncryption !== undefined,
  ).length;
  if (withKeyCount !== 0 && withKeyCount !== replicas.length) {
    throw invalid("Either all replicas or none must have a customer managed encryption key.");
  }
  return {
    userManaged: {
      replicas: replicas.map(({ location, customerManagedEncryption }) =>
        withKey({ location }, customerManagedEncryption),
      ),
    },
  };
}

// "For secrets using the UserManaged replication policy type, Cloud KMS CryptoKeys must reside in the same location as the
// replica location. For the Automatic replication policy type, they must reside in `global`" (CustomerManagedEncryption).
function checkKey(name: string | undefined, location: string): void {
  if (name === undefined) return;
  const [, keyLocation] = KEY.exec(name) ?? [];
  if (keyLocation === undefined) {
    throw invalid(`Key [${name}] does not match the expected format [projects/*/locations/*/keyRings/*/cryptoKeys/*].`);
  }
  if (keyLocation !== location) throw invalid(`Key [${name}] must be in location [${location}].`);
}

function withKey<Rest extends object>(
  rest: Rest,
  key: { kmsKeyName: string } | undefined,
): Rest & { customerManagedEncryption?: { kmsKeyName: string } } {
  return key === undefined ? rest : { ...rest, customerManagedEncryption: key };
}

/** Throws for labels, annotations, topics, rotation, aliases or a delay that the service refuses. */
export function checkFields(secret: Pick<StoredSecret, CheckedField>, now: number, changed: readonly string[]): void {
  const labels = Object.entries(secret.labels);
  if (labels.length > 64) throw invalid("A secret can have at most 64 labels.");
  for (const [key, value] of labels) {
    if (!LABEL_KEY.test(key))
      throw invalid(`Label key [${key}] does not match [\\p{Ll}\\p{Lo}][\\p{Ll}\\p{Lo}\\p{N}_-]{0,62}.`);
    if (!LABEL_VALUE.test(value))
      throw invalid(`Value of label [${key}] does not match [\\p{Ll}\\p{Lo}\\p{N}_-]{0,63}.`);
  }
  checkAnnotations(secret.annotations);
  if (secret.topics.length > 10) throw invalid("A secret can have at most 10 topics.");
  for (const { name } of secret.topics) {
    if (!TOPIC.test(name)) throw invalid(`Topic [${name}] does not match the expected format [projects/*/topics/*].`);
  }
  checkRotation(secret, now, changed);
  checkAliases(secret);
  checkDelay(secret.versionDestroyTtl);
}

type CheckedField =
  "labels" | "annotations" | "topics" | "rotation" | "versionAliases" | "versionDestroyTtl" | "versions";

function checkAnnotations(annotations: Readonly<Record<string, string>>): void {
  let bytes = 0;
  for (const [key, value] of Object.entries(annotations)) {
    if (!ANNOTATION_KEY.test(key)) throw invalid(`Annotation key [${key}] is not valid.`);
    bytes += Buffer.byteLength(key) + Buffer.byteLength(value);
  }
  if (bytes >= MAX_ANNOTATION_BYTES) throw invalid("The total size of annotations must be less than 16KiB.");
}

function checkRotation(
  secret: Pick<StoredSecret, "rotation" | "topics">,
  now: number,
  changed: readonly string[],
): void {
  const { nextRotationTime, rotationPeriod } = secret.rotation ?? {};
  if (nextRotationTime === undefined && rotationPeriod === undefined) return;
  if (secret.topics.length === 0) throw invalid("Field [secret.topics] must be set to configure rotation.");
  if (nextRotationTime === undefined) {
    throw invalid("Field [secret.rotation.next_rotation_time] must be set if [rotation_period] is set.");
  }
  const next = Date.parse(nextRotationTime);
  if (Number.isNaN(next)) throw invalid("Field [secret.rotation.next_rotation_time] is not a timestamp.");
  if (changed.includes("rotation") && next < now + 5 * 60_000) {
    throw invalid("Field [secret.rotation.next_rotation_time] must be at least 5 minutes in the future.");
  }
  if (rotationPeriod === undefined) return;
  const period = seconds(rotationPeriod, "secret.rotation.rotation_period");
  if (period < 3600 || period > 3_153_600_000) {
    throw invalid("Field [secret.rotation.rotation_period] must be from 3600s to 3153600000s.");
  }
}

function checkAliases({ versionAliases, versions }: Pick<StoredSecret, "versionAliases" | "versions">): void {
  const aliases = Object.entries(versionAliases);
  if (aliases.length > 50) throw invalid("A secret can have at most 50 version aliases.");
  for (const [alias, version] of aliases) {
    if (!ALIAS.test(alias)) throw invalid(`Version alias [${alias}] is not valid.`);
    if (!versions.some(({ number }) => String(number) === version)) {
      throw invalid(`Version alias [${alias}] names version [${version}], which does not exist.`);
    }
  }
}

// https://cloud.google.com/secret-manager/docs/delay-destruction-of-secret-versions: "between 1 day and 1000 days"
function checkDelay(ttl: string | undefined): void {
  if (ttl === undefined) return;
  const delay = seconds(ttl, "secret.version_destroy_ttl");
  if (delay < DAY || delay > 1000 * DAY) {
    throw invalid("Field [secret.version_destroy_ttl] must be from 86400s (1 day) to 86400000s (1000 days).");
  }
}

/** The seconds of a duration such as "3600s". */
export function seconds(duration: string, field: string): number {
  const [, amount] = /^([0-9]+(?:\.[0-9]{1,9})?)s$/.exec(duration) ?? [];
  if (amount === undefined) throw invalid(`Field [${field}] is not a duration in seconds: [${duration}].`);
  return Number(amount);
}
