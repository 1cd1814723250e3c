import { randomBytes } from "node:crypto";
import { AzureRefusal } from "../answers.ts";
import type { DeletedSecret, SecretAttributes, SecretVersion, StoredSecret, StoredVault } from "../state.ts";

/** What a new version is made of. */
export interface SecretInput {
  readonly value: string;
  readonly contentType?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly enabled?: boolean;
  readonly nbf?: number;
  readonly exp?: number;
}

/** Limits: https://learn.microsoft.com/azure/key-vault/secrets/about-secrets and /azure/key-vault/general/service-limits */
const NAME = /^[0-9a-zA-Z-]{1,127}$/;
const MAX_VALUE_BYTES = 25 * 1024;
const MAX_TAGS = 15;
const MAX_TAG_LENGTH = 256;
const MAX_CONTENT_TYPE = 255;
const DAY_S = 24 * 3600;

/** How long a recovered secret stays unreadable: seconds in reality, enough here that a program has to wait for it. */
const RECOVERY_MS = 200;

/** Writes a new version, which is the current one from then on. */
export function setSecret(vault: StoredVault, name: string, input: SecretInput, now: number): SecretVersion {
  checkInput(name, input);
  const key = name.toLowerCase();
  if (vault.deletedSecrets[key] !== undefined) throw deletedButRecoverable(name);
  const secret = (vault.secrets[key] ??= { name, versions: [] });
  if (isRecovering(secret, now)) throw beingRecovered(name);
  const seconds = Math.floor(now / 1000);
  const version: SecretVersion = {
    version: randomBytes(16).toString("hex"),
    value: input.value,
    ...(input.contentType === undefined ? {} : { contentType: input.contentType }),
    ...(input.tags === undefined ? {} : { tags: input.tags }),
    attributes: {
      enabled: input.enabled ?? true,
      ...(input.nbf === undefined ? {} : { nbf: input.nbf }),
      ...(input.exp === undefined ? {} : { exp: input.exp }),
      created: seconds,
      updated: seconds,
    },
  };
  secret.versions.push(version);
  return version;
}

/** Changes everything of a version but its value. */
export function updateVersion(found: SecretVersion, input: Partial<SecretInput>, now: number): SecretVersion {
  const attributes: SecretAttributes = {
    ...found.attributes,
    ...(input.enabled === undefined ? {} : { enabled: input.enabled }),
    ...(input.nbf === undefined ? {} : { nbf: input.nbf }),
    ...(input.exp === undefined ? {} : { exp: input.exp }),
    updated: Math.floor(now / 1000),
  };
  const contentType = input.contentType ?? found.contentType;
  const tags = input.tags ?? found.tags;
  return Object.assign(found, {
    ...(contentType === undefined ? {} : { contentType }),
    ...(tags === undefined ? {} : { tags }),
    attributes,
  });
}

/** The current version, or a given one. */
export function getVersion(
  vault: StoredVault,
  name: string,
  version: string | undefined,
  now: number,
): { secret: StoredSecret; found: SecretVersion } {
  const secret = vault.secrets[name.toLowerCase()];
  const found =
    version === undefined ? secret?.versions.at(-1) : secret?.versions.find((one) => one.version === version);
  if (secret === undefined || found === undefined || isRecovering(secret, now)) throw secretNotFound(name);
  return { secret, found };
}

/** Soft-deletes a secret, with all its versions. */
export function deleteSecret(vault: StoredVault, name: string, now: number): DeletedSecret {
  const { secret } = getVersion(vault, name, undefined, now);
  const seconds = Math.floor(now / 1000);
  const retention = Number(vault.properties["softDeleteRetentionInDays"]) * DAY_S;
  const deleted = { secret, deletedDate: seconds, scheduledPurgeDate: seconds + retention };
  delete vault.secrets[name.toLowerCase()];
  vault.deletedSecrets[name.toLowerCase()] = deleted;
  return deleted;
}

/** A soft-deleted secret. */
export function getDeleted(vault: StoredVault, name: string): DeletedSecret {
  const deleted = vault.deletedSecrets[name.toLowerCase()];
  if (deleted === undefined) {
    throw new AzureRefusal(404, "SecretNotFound", `Deleted Secret not found: ${name}`);
  }
  return deleted;
}

/** Takes a soft-deleted secret back, with all its versions. */
export function recoverSecret(vault: StoredVault, name: string, now: number): StoredSecret {
  const { secret } = getDeleted(vault, name);
  secret.recoveringUntil = now + RECOVERY_MS;
  delete vault.deletedSecrets[name.toLowerCase()];
  vault.secrets[name.toLowerCase()] = secret;
  return secret;
}

/** Removes a soft-deleted secret for good, unless the vault is protected against that. */
export function purgeSecret(vault: StoredVault, name: string): void {
  if (vault.properties["enablePurgeProtection"] === true) {
    throw new AzureRefusal(
      403,
      "Forbidden",
      `Operation "purge" is not allowed because purge protection is enabled for this vault. Key Vault service will automatically ` +
        `purge it after the retention period has passed.\r\nVault: ${vault.name};location=${vault.location}`,
      { inner: "ForbiddenByPolicy" },
    );
  }
  getDeleted(vault, name);
  delete vault.deletedSecrets[name.toLowerCase()];
}

/** Forgets what has been soft-deleted for longer than the vault keeps it. */
export function expireDeleted(vault: StoredVault, now: number): void {
  for (const [name, { scheduledPurgeDate }] of Object.entries(vault.deletedSecrets)) {
    if (scheduledPurgeDate * 1000 <= now) delete vault.deletedSecrets[name];
  }
}

/** Refuses a name that no secret can have. */
export function checkName(name: string): void {
  if (NAME.test(name)) return;
  throw badParameter(`The request URI contains an invalid name: ${name}`);
}

function checkInput(name: string, { value, contentType, tags }: SecretInput): void {
  checkName(name);
  const bytes = Buffer.byteLength(value);
  if (bytes > MAX_VALUE_BYTES) {
    throw badParameter(
      `The value of the secret is ${bytes} bytes long and exceeds the maximum size of ${MAX_VALUE_BYTES}.`,
    );
  }
  if ((contentType ?? "").length > MAX_CONTENT_TYPE) {
    throw badParameter(`The content type exceeds the maximum length of ${MAX_CONTENT_TYPE}.`);
  }
  const pairs = Object.entries(tags ?? {});
  if (pairs.length > MAX_TAGS || pairs.some((pair) => pair.some((text) => text.length > MAX_TAG_LENGTH))) {
    throw badParameter(`A secret has at most ${MAX_TAGS} tags of at most ${MAX_TAG_LENGTH} characters.`);
  }
}

function isRecovering(secret: StoredSecret, now: number): boolean {
  return (secret.recoveringUntil ?? 0) > now;
}

function badParameter(message: string): AzureRefusal {
  return new AzureRefusal(400, "BadParameter", message);
}

function secretNotFound(name: string): AzureRefusal {
  return new AzureRefusal(
    404,
    "SecretNotFound",
    `A secret with (name/id) ${name} was not found in this key vault. If you recently deleted this secret you may be able to ` +
      `recover it using the correct recovery command. For help resolving this issue, please see ` +
      `https://go.microsoft.com/fwlink/?linkid=2125182`,
  );
}

function deletedButRecoverable(name: string): AzureRefusal {
  return new AzureRefusal(
    409,
    "Conflict",
    `Secret ${name} is currently in a deleted but recoverable state, and its name cannot be reused; in this state, the secret ` +
      `can only be recovered or purged.`,
    { inner: "ObjectIsDeletedButRecoverable" },
  );
}

function beingRecovered(name: string): AzureRefusal {
  return new AzureRefusal(
    409,
    "Conflict",
    `Secret ${name} is currently being recovered and cannot be re-created; retry later.`,
    { inner: "ObjectIsBeingRecovered" },
  );
}
