import { setTimeout as sleep } from "node:timers/promises";
import { isJsonMap, type Json, type JsonMap } from "../../support/values.ts";
import { type Api, ApiError, isNotFound } from "../api.ts";
import { type Discovery, NoSuchKind, type ResourceKind } from "../discovery.ts";
import { type Identity, jsonMetadata } from "../manifest.ts";

/** How a write is made. */
export interface WriteOptions {
  readonly fieldManager: string;
  readonly dryRun: boolean;
  /** Take over fields that someone else manages. */
  readonly force?: boolean;
  readonly signal?: AbortSignal;
}

/** Reads and writes any object of any kind. */
export class Objects {
  readonly api: Api;
  private readonly discovery: Discovery;

  constructor(api: Api, discovery: Discovery) {
    this.api = api;
    this.discovery = discovery;
  }

  /** Where objects of a kind live; throws {@link NoSuchKind}. */
  kind(identity: Pick<Identity, "apiVersion" | "kind">): Promise<ResourceKind> {
    return this.discovery.resolve(identity.apiVersion, identity.kind);
  }

  /** The same, `undefined` for a kind that is not there. */
  async findKind(identity: Pick<Identity, "apiVersion" | "kind">): Promise<ResourceKind | undefined> {
    try {
      return await this.kind(identity);
    } catch (error) {
      if (error instanceof NoSuchKind) return undefined;
      throw error;
    }
  }

  async get(identity: Identity, signal?: AbortSignal): Promise<JsonMap> {
    return this.api.send({ method: "GET", path: await this.path(identity), signal });
  }

  /** Creates, and refuses what exists. */
  async create(object: JsonMap, identity: Identity, options: WriteOptions): Promise<JsonMap> {
    return this.api.send({
      method: "POST",
      path: await this.collection(identity),
      query: { fieldManager: options.fieldManager, fieldValidation: "Warn", ...dryRun(options) },
      body: await this.sendable(object, identity),
      signal: options.signal,
    });
  }

  /** Server-side apply: creates or changes, and owns exactly the fields that are sent. */
  async apply(object: JsonMap, identity: Identity, options: WriteOptions): Promise<JsonMap> {
    try {
      return await this.api.send({
        method: "PATCH",
        path: await this.path(identity),
        query: { fieldManager: options.fieldManager, force: String(options.force ?? false), ...dryRun(options) },
        body: await this.sendable(object, identity),
        contentType: "application/apply-patch+yaml",
        signal: options.signal,
      });
    } catch (error) {
      if (error instanceof ApiError && error.reason === "Conflict") throw conflict(error, options.fieldManager);
      throw error;
    }
  }

  /**
   * Gives up every field of a manager, by an apply of nothing: those that nobody else manages go (pulumi/pulumi-kubernetes,
   * ssa/actions.go: Relinquish). As any apply, it makes an object that is gone anew, and empty.
   */
  async relinquish(identity: Identity, fieldManager: string, signal?: AbortSignal): Promise<void> {
    const { apiVersion, kind, namespace, name } = identity;
    const nothing: JsonMap = {
      apiVersion,
      kind,
      metadata: { ...(namespace === undefined ? {} : { namespace }), name },
    };
    await this.apply(nothing, identity, { fieldManager, dryRun: false, ...(signal === undefined ? {} : { signal }) });
  }

  /** Replaces the whole object, as the version that was read. */
  async replace(object: JsonMap, identity: Identity, options: WriteOptions): Promise<JsonMap> {
    return this.api.send({
      method: "PUT",
      path: await this.path(identity),
      query: { fieldManager: options.fieldManager, ...dryRun(options) },
      body: await this.sendable(object, identity),
      signal: options.signal,
    });
  }

  /** Changes single places of an object. */
  async patch(identity: Identity, operations: Json, signal?: AbortSignal): Promise<JsonMap> {
    return this.api.send({
      method: "PATCH",
      path: await this.path(identity),
      body: operations,
      contentType: "application/json-patch+json",
      signal,
    });
  }

  /** Asks for deletion; answers what is left of the object, or the server's word that it is gone. */
  async delete(identity: Identity, propagationPolicy: string, signal?: AbortSignal): Promise<JsonMap> {
    return this.api.send({ method: "DELETE", path: await this.path(identity), body: { propagationPolicy }, signal });
  }

  /** Follows one object from a version on; the stream ends after a while by itself. */
  async *watch(
    identity: Identity,
    resourceVersion: string,
    seconds: number,
    signal: AbortSignal,
  ): AsyncGenerator<JsonMap> {
    yield* this.api.lines({
      method: "GET",
      path: await this.collection(identity),
      query: {
        watch: "1",
        fieldSelector: `metadata.name=${identity.name}`,
        resourceVersion,
        timeoutSeconds: String(Math.max(1, Math.ceil(seconds))),
      },
      signal,
    });
  }

  /** Lists what a selector finds in a namespace. */
  async list(collection: string, query: Readonly<Record<string, string>>, signal?: AbortSignal): Promise<JsonMap[]> {
    const list = await this.api.send({ method: "GET", path: collection, query, signal });
    return Array.isArray(list["items"]) ? list["items"].filter(isJsonMap) : [];
  }

  /** A definition has been made or changed: kinds that were missing may be there now. */
  forgetKinds(): void {
    this.discovery.reset();
  }

  private async path(identity: Identity): Promise<string> {
    return `${await this.collection(identity)}/${encodeURIComponent(identity.name)}`;
  }

  private async collection({ apiVersion, kind, namespace }: Identity): Promise<string> {
    const { plural, namespaced } = await this.discovery.resolve(apiVersion, kind);
    const root = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    return namespaced
      ? `${root}/namespaces/${encodeURIComponent(namespace ?? "default")}/${plural}`
      : `${root}/${plural}`;
  }

  // A namespace on an object that has none is a mistake that was made before the kind was known: the server refuses it.
  private async sendable(object: JsonMap, identity: Identity): Promise<JsonMap> {
    const { namespaced } = await this.discovery.resolve(identity.apiVersion, identity.kind);
    const metadata: JsonMap = { ...jsonMetadata(object), name: identity.name };
    if (!namespaced) delete metadata["namespace"];
    return { ...object, apiVersion: identity.apiVersion, metadata };
  }
}

// The kinds' own wait between attempts in the official plugin is a second and doubles; a first look comes sooner here.
const FIRST_WAIT_MS = 100;
const LAST_WAIT_MS = 4000;
const PATIENCE_MS = 31_000;

/**
 * Tries again while the kind or the namespace is missing: both may be on their way in the same update
 * (pulumi/pulumi-kubernetes, await.go: Creation).
 */
export async function patiently<Result>(
  attempt: () => Promise<Result>,
  options: { readonly onRetry: (error: unknown, count: number) => void; readonly signal: AbortSignal },
): Promise<Result> {
  const until = Date.now() + PATIENCE_MS;
  let wait = FIRST_WAIT_MS;
  for (let count = 0; ; count++) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof NoSuchKind) && !isNotFound(error)) throw error;
      if (Date.now() + wait > until) throw error;
      options.onRetry(error, count);
    }
    await sleep(wait, undefined, { signal: options.signal });
    wait = Math.min(wait * 1.5, LAST_WAIT_MS);
  }
}

function dryRun({ dryRun: on }: WriteOptions): Record<string, string> {
  return on ? { dryRun: "All" } : {};
}

function conflict(error: ApiError, manager: string): Error {
  const link =
    "https://www.pulumi.com/registry/packages/kubernetes/how-to-guides/managing-resources-with-server-side-apply/" +
    "#handle-field-conflicts-on-existing-resources";
  return new Error(
    `Server-Side Apply field conflict detected. See ${link} for troubleshooting help.\n` +
      `The resource managed by field manager "${manager}" had an apply conflict: ${error.message}`,
    { cause: error },
  );
}
