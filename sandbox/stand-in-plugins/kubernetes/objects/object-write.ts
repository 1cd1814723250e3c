import { messageOf, NotInStandIn } from "../../support/errors.ts";
import type { CreateRequest, Log, UpdateRequest } from "../../support/provider.ts";
import type { JsonMap, PropertyMap } from "../../support/values.ts";
import { ApiError, isAlreadyExists, isNotFound } from "../api.ts";
import { DEFAULT_TIMEOUT_SECONDS, NotReady, untilReady, untilServed, type WaitOptions } from "../await/await.ts";
import type { Cluster } from "../cluster.ts";
import { NoSuchKind } from "../discovery.ts";
import { adoptFields, isCreatedByPost } from "./managers.ts";
import { annotation, ANNOTATION, identityOf, type Identity, isDefinition, isPatch } from "../manifest.ts";
import { patiently } from "./objects.ts";
import { readinessOf } from "../await/readiness.ts";

/** Creates an object; `undefined` when a preview can not know what the update will find. */
export async function createObject(
  cluster: Cluster,
  body: JsonMap,
  identity: Identity,
  fieldManager: string,
  { preview, log, signal, urn, type, inputs }: CreateRequest,
): Promise<JsonMap | undefined> {
  const { config, objects } = cluster;
  const options = { fieldManager, dryRun: preview, signal };
  // Creation refuses what exists unless the provider is told to take it over (pulumi/pulumi-kubernetes, pull 4278). A patch
  // is for what exists, and like any apply makes what does not.
  const write = (): Promise<JsonMap> =>
    isPatch(type, inputs) || (config.serverSideApply && config.upsertExistingObjects)
      ? objects.apply(body, identity, { ...options, force: preview || forced(cluster, inputs) })
      : objects.create(body, identity, options);
  if (preview) {
    try {
      return await write();
    } catch (error) {
      // The namespace, the permission or the room for it may come in the same update; the update itself will tell.
      const expected =
        isNotFound(error) || isAlreadyExists(error) || (error instanceof ApiError && error.status === 403);
      if (expected || (error instanceof ApiError && /dry.?run/i.test(error.message))) return undefined;
      throw wrapped(`resource "${urn}" was not successfully created by the Kubernetes API server`, error);
    }
  }
  try {
    return await patiently(write, { onRetry: (error, count) => retrying(log, error, count), signal });
  } catch (error) {
    if (error instanceof NoSuchKind) {
      throw wrapped(
        `creation of resource "${urn}" with kind ${identity.apiVersion}/${identity.kind} failed because the Kubernetes API ` +
          "server reported that the apiVersion for this resource does not exist. Verify that any required CRDs have been created",
        error,
      );
    }
    throw wrapped(`resource "${urn}" was not successfully created by the Kubernetes API server`, error);
  }
}

/** Changes an object in place. */
export async function updateObject(
  cluster: Cluster,
  body: JsonMap,
  identity: Identity,
  fieldManager: string,
  { preview, signal, type, newInputs }: UpdateRequest,
): Promise<JsonMap> {
  const { config, objects } = cluster;
  if (!config.serverSideApply) throw new NotInStandIn("kubernetes", "Updating with enableServerSideApply: false");
  let live = await objects.get(identity, signal);
  const options = { fieldManager, dryRun: preview, signal };
  if (isDefinition(body)) {
    const metadata = {
      ...(body["metadata"] as JsonMap),
      resourceVersion: (live["metadata"] as JsonMap)["resourceVersion"],
    };
    return objects.replace({ ...body, metadata }, identity, options);
  }
  // A patch has no creation to take fields over from: those of other managers are none of its business.
  const patch = isPatch(type, newInputs);
  const adoption = patch ? undefined : adoptFields(live, fieldManager);
  if (adoption !== undefined && !preview) live = await objects.patch(identity, adoption, signal);
  const managed = (live["metadata"] as JsonMap)["managedFields"];
  // At preview the former managers still hold their fields; the update will move them first.
  const moves = patch ? isCreatedByPost(live) : adoption !== undefined;
  const force = forced(cluster, newInputs) || !Array.isArray(managed) || (preview && moves);
  return objects.apply(body, identity, { ...options, force });
}

/** Waits until a written object is ready; `failure` makes the error that keeps it in state. */
export async function settle(
  cluster: Cluster,
  live: JsonMap,
  inputs: PropertyMap,
  request: CreateRequest | UpdateRequest,
  failure: (object: JsonMap, cause: string, reasons: readonly string[]) => Error,
): Promise<JsonMap> {
  const identity = identityOf(live);
  const { log, signal } = request;
  const timeoutSeconds = timeoutOf(request.timeoutSeconds, inputs);
  const options: WaitOptions = { objects: cluster.objects, identity, timeoutSeconds, log, signal };
  try {
    const readiness = readinessOf(inputs, identity.apiVersion, identity.kind);
    if (readiness !== undefined) return await untilReady(live, readiness, options);
    const isService = identity.apiVersion === "v1" && identity.kind === "Service";
    if (isService && annotation(inputs, ANNOTATION.skipAwait) !== "true") await untilServed(live, options);
    return live;
  } catch (error) {
    if (error instanceof NotReady) throw failure(error.object, error.message, error.reasons);
    // The object exists whatever went wrong while waiting for it: it must not be lost.
    throw failure(live, messageOf(error), []);
  }
}

/** Seconds to wait: the resource's own option, else its annotation, else the official default. */
export function timeoutOf(seconds: number, inputs: PropertyMap): number {
  if (seconds > 0) return seconds;
  const annotated = Number(annotation(inputs, ANNOTATION.timeoutSeconds) ?? Number.NaN);
  return Number.isFinite(annotated) && annotated > 0 ? annotated : DEFAULT_TIMEOUT_SECONDS;
}

function forced(cluster: Cluster, inputs: PropertyMap): boolean {
  return annotation(inputs, ANNOTATION.patchForce) === "true" || cluster.config.patchForce;
}

function retrying(log: Log, error: unknown, count: number): void {
  log.status(`Retry #${count}; creation failed: ${messageOf(error)}`);
}

function wrapped(message: string, error: unknown): Error {
  return new Error(`${message}: ${messageOf(error)}`, { cause: error });
}
