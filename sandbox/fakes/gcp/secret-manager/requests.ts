import * as z from "zod";
import { type GcpError, notInFake } from "../errors.ts";
import { checkReplication, invalid, secretSchema, type SecretInput } from "./rules.ts";
import type { StoredSecret } from "../state.ts";

/** A request about one thing. */
export const named = z.strictObject({ name: z.string(), etag: z.string().optional() });
/** A request for a list. */
export const listed = z.strictObject({
  parent: z.string(),
  pageSize: z.coerce.number().default(0),
  pageToken: z.string().default(""),
  filter: z.string().default(""),
});
/** `CreateSecretRequest`. */
export const created = z.strictObject({ parent: z.string(), secretId: z.string().default(""), secret: secretSchema });
/** `UpdateSecretRequest`. */
export const updated = z.strictObject({ secret: secretSchema, updateMask: z.string().default("") });
/** `AddSecretVersionRequest`. */
export const added = z.strictObject({
  parent: z.string(),
  payload: z
    .strictObject({ data: z.string().default(""), dataCrc32c: z.coerce.string().optional() })
    .default({ data: "" }),
});
/** The requests about policies. */
export const about = z
  .strictObject({
    resource: z.string(),
    policy: z.unknown(),
    updateMask: z.string(),
    options: z.unknown(),
    permissions: z.array(z.string()),
  })
  .partial()
  .required({ resource: true });
const UPDATABLE = ["labels", "annotations", "topics", "rotation", "versionAliases", "versionDestroyTtl"] as const;
const NO_LOCATIONS = "Field [replication] is immutable, except for the keys of customer managed encryption.";

/** Changes the field of a secret that a path of the update mask names. */
export function updateField(next: StoredSecret, path: string, input: SecretInput): void {
  if (path === "replication") {
    const replication = checkReplication(input.replication);
    if (places({ replication }) !== places(next)) throw invalid(NO_LOCATIONS);
    next.replication = replication;
    return;
  }
  const field = UPDATABLE.find((name) => name === path);
  if (field === undefined) throw refusedUpdate(path);
  delete next[field as "rotation"];
  Object.assign(next, pick(fieldsOf(input), field));
}

/** Throws when a request insists on an etag. */
export function refuseEtag(etag: string | undefined): void {
  if (etag !== undefined && etag !== "") throw notInFake("etags of secrets");
}

type Changeable = Pick<StoredSecret, (typeof UPDATABLE)[number]>;

/** The fields of a secret that can change. */
export function fieldsOf(secret: SecretInput): Changeable {
  const { labels, annotations, topics, rotation, versionAliases, versionDestroyTtl } = secret;
  return {
    labels,
    annotations,
    topics,
    versionAliases,
    ...(rotation === undefined ? {} : { rotation: withoutUndefined(rotation) }),
    ...(versionDestroyTtl === undefined ? {} : { versionDestroyTtl }),
  };
}

// Where the payload is: of a replication policy, only the keys can change.
function places({ replication }: Pick<StoredSecret, "replication">): string {
  return JSON.stringify((replication.userManaged?.replicas ?? []).map(({ location }) => location));
}

function pick(fields: Changeable, name: keyof Changeable): Partial<Changeable> {
  return fields[name] === undefined ? {} : { [name]: fields[name] };
}

function withoutUndefined(rotation: NonNullable<SecretInput["rotation"]>): NonNullable<StoredSecret["rotation"]> {
  return JSON.parse(JSON.stringify(rotation)) as NonNullable<StoredSecret["rotation"]>;
}

function refusedUpdate(path: string): GcpError {
  if (["expireTime", "ttl", "etag", "tags", "customerManagedEncryption"].includes(path))
    return notInFake(`updates of ${path}`);
  return invalid(`Field [${path}] cannot be updated.`);
}

/** The paths of a mask, in either spelling. */
export function maskPaths(mask: string): string[] {
  return mask
    .split(",")
    .filter((path) => path !== "")
    .map(camelCase);
}

function camelCase(path: string): string {
  return path.trim().replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
