import { InitializationFailed, messageOf, NotInStandIn } from "../support/errors.ts";
import type { CreateRequest, Log, ResourceHandler, UpdateRequest } from "../support/provider.ts";
import {
  containsUnknown,
  isMap,
  type JsonMap,
  type PropertyMap,
  reveal,
  revealMap,
  toJsonMap,
} from "../support/values.ts";
import { ApiError, isAlreadyExists, isNotFound } from "./api.ts";
import { DEFAULT_TIMEOUT_SECONDS, NotReady, untilGone, untilReady, untilServed, type WaitOptions } from "./await.ts";
import { checkpoint, liveOf, normalized, oldInputsOf } from "./checkpoint.ts";
import type { Cluster } from "./cluster.ts";
import { diffObjects } from "./diff.ts";
import { NoSuchKind } from "./discovery.ts";
import { forceNewPaths } from "./force-new.ts";
import { adoptFields } from "./managers.ts";
import {
  annotation,
  ANNOTATION,
  fieldManagerOf,
  identityOf,
  idOf,
  type Identity,
  isBuiltIn,
  isDefinition,
  kindOfType,
  metadataOf,
  named,
  parseId,
  toServerKeys,
  withMetadata,
  withoutReadOnly,
} from "./manifest.ts";
import { patiently } from "./objects.ts";
import { prune } from "./prune.ts";
import { readinessOf } from "./readiness.ts";
import { annotateSecrets } from "./secrets.ts";

/** Any Kubernetes object, as the official plugin treats it (pulumi/pulumi-kubernetes, provider/pkg/provider/provider.go). */
export function objectResource(cluster: () => Cluster): ResourceHandler {
  return {
    check: async ({ type, name, oldInputs, newInputs, randomSeed }) => {
      const { kind } = kindOfType(type);
      const declared = reveal(newInputs["kind"] ?? null);
      if (kind.endsWith("Patch") && kind !== declared) throw new NotInStandIn("kubernetes", `Patch resource ${type}`);
      if (
        kind.endsWith("List") &&
        kind === declared &&
        isMap(newInputs["metadata"]) === false &&
        newInputs["items"] !== undefined
      ) {
        throw new Error(
          "list resources exist for compatibility and cannot be created directly. Use the underlying resource type instead",
        );
      }
      const inputs = named(withoutReadOnly(newInputs), oldInputs, name, randomSeed);
      const placed = await withNamespace(inputs, cluster());
      return { inputs: annotateSecrets(placed, newInputs) };
    },

    diff: async ({ oldOutputs, newInputs, ignoreChanges }) => {
      const { config } = cluster();
      const next = normalized(revealMap(newInputs));
      const live = normalized(liveOf(oldOutputs));
      const identity = identityOf(next);
      const namespaced = (await cluster().namespaced(identity)) ?? true;
      const old = placed(prune(toServerKeys(live as never) as JsonMap, shapeOf(oldOutputs)) as PropertyMap, namespaced);
      const wanted = placed(next, namespaced);
      const immutable = next["immutable"] === true;
      const detailed = diffObjects(withMetadataName(old, live), wanted, {
        forceNew: forceNewPaths(identity.apiVersion, identity.kind, { ...config, immutable }),
        dropsZeroes: isBuiltIn(identity.apiVersion),
      });
      for (const path of Object.keys(detailed))
        if (ignoreChanges.some((ignored) => contains(ignored, path))) delete detailed[path];
      const replaces = Object.entries(detailed)
        .filter(([path, { kind }]) => kind.endsWith("-replace") || (kind === "delete" && path === "metadata"))
        .map(([path]) => path);
      const before = identityOf(live);
      const after = identityOf(wanted);
      const deleteBeforeReplace =
        replaces.length > 0 &&
        after.name !== "" &&
        annotation(newInputs, ANNOTATION.autonamed) !== "true" &&
        after.name === before.name &&
        (after.namespace ?? "") === (before.namespace ?? "");
      return { detailed, replaces, deleteBeforeReplace };
    },

    create: async (request) => {
      const { inputs, preview, urn } = request;
      const wanted = revealMap(inputs);
      const identity = identityOf(wanted);
      if (preview && !(await canPreview(cluster(), wanted))) return { id: "", outputs: inputs };
      cluster().mustBeReachable();
      const manager = fieldManagerOf(inputs, {}, urn);
      const body = serverObject(wanted);
      const live = await createObject(cluster(), body, identity, manager, request);
      if (live === undefined) return { id: "", outputs: inputs };
      if (preview) delete live["status"];
      const outputs = (object: JsonMap): PropertyMap =>
        checkpoint({ inputs, live: object, manager, apiVersion: identity.apiVersion });
      if (preview) return { id: "", outputs: outputs(live) };
      if (isDefinition(wanted)) cluster().objects.forgetKinds();
      const id = idOf(identityOf(live));
      const ready = await settle(cluster(), live, wanted, request, (object, cause, reasons) => {
        const message =
          `resource "${urn}" was successfully created, but the Kubernetes API server reported that it failed to fully ` +
          `initialize or become live: ${cause}`;
        return new InitializationFailed(message, { id, outputs: outputs(object), reasons: [message, ...reasons] });
      });
      return { id, outputs: outputs(ready) };
    },

    read: async ({ id, type, oldInputs, oldOutputs, signal, log }) => {
      const { config } = cluster();
      if (cluster().unreachable !== undefined) {
        log.warn(`configured Kubernetes cluster is unreachable: ${cluster().unreachable ?? ""}`);
        if (config.deleteUnreachable) return undefined;
        if (config.skipUpdateUnreachable) return { id, outputs: oldOutputs, inputs: oldInputs };
        throw new Error(
          "failed to read resource state due to unreachable cluster. If the cluster was deleted, you can remove this resource from " +
            'Pulumi state by rerunning the operation with the PULUMI_K8S_DELETE_UNREACHABLE environment variable set to "true"',
        );
      }
      const imported = oldInputs["kind"] === undefined && oldOutputs["kind"] === undefined;
      const { name, namespace } = parseId(id);
      const known = imported
        ? kindOfType(type)
        : identityOf(revealMap(oldInputs["kind"] === undefined ? oldOutputs : oldInputs));
      const live = await found(() => cluster().objects.get({ ...known, name, namespace }, signal));
      if (live === undefined) return undefined;
      const shape = imported
        ? importedInputs(live)
        : (prune(live, serverObject(oldInputsOf(oldOutputs, oldInputs))) as PropertyMap);
      const inputs = annotateSecrets(imported ? shape : withStringData(shape, oldInputs), oldInputs);
      const manager = fieldManagerOf(oldInputs, oldOutputs, id);
      const initial = oldOutputs["__initialApiVersion"];
      const apiVersion = typeof initial === "string" ? initial : known.apiVersion;
      return { id, outputs: checkpoint({ inputs, live, manager, apiVersion }), inputs };
    },

    update: async (request) => {
      const { newInputs, oldOutputs, preview } = request;
      const wanted = withoutReadOnly(revealMap(newInputs));
      if (preview && !(await canPreview(cluster(), wanted))) return newInputs;
      cluster().mustBeReachable();
      const identity = { ...identityOf(wanted), name: identityOf(liveOf(oldOutputs)).name };
      const manager = fieldManagerOf(newInputs, oldOutputs);
      const initial = oldOutputs["__initialApiVersion"];
      const apiVersion = typeof initial === "string" ? initial : identity.apiVersion;
      const outputs = (object: JsonMap): PropertyMap =>
        checkpoint({ inputs: newInputs, live: object, manager, apiVersion });
      let live: JsonMap;
      try {
        live = await updateObject(cluster(), serverObject(wanted), identity, manager, request);
      } catch (error) {
        if (preview && error instanceof ApiError && error.status === 403) return newInputs;
        throw new Error(`update of resource "${request.urn}" failed: ${messageOf(error)}`, { cause: error });
      }
      if (preview) return outputs(live);
      if (isDefinition(wanted)) cluster().objects.forgetKinds();
      const ready = await settle(cluster(), live, wanted, request, (object, cause, reasons) => {
        const id = idOf(identityOf(object as PropertyMap));
        const message = `the Kubernetes API server reported that "${id}" failed to fully initialize or become live: ${cause}`;
        return new InitializationFailed(message, { id, outputs: outputs(object), reasons: [message, ...reasons] });
      });
      return outputs(ready);
    },

    delete: async ({ id, oldInputs, oldOutputs, timeoutSeconds, signal, log, urn }) => {
      const { config, objects } = cluster();
      if (cluster().unreachable !== undefined && config.deleteUnreachable) return;
      cluster().mustBeReachable();
      const inputs = oldInputsOf(oldOutputs, oldInputs);
      const identity: Identity = { ...identityOf(liveOf(oldOutputs)), ...nameAndPlace(id, liveOf(oldOutputs)) };
      const left = await found(() => objects.delete(identity, propagationOf(inputs), signal));
      if (left === undefined) return;
      const options = { objects, identity, timeoutSeconds: timeoutOf(timeoutSeconds, inputs), log, signal };
      try {
        await untilGone(left, options);
      } catch (error) {
        if (!(error instanceof NotReady)) throw error;
        const manager = fieldManagerOf(inputs, oldOutputs, urn);
        const outputs = checkpoint({ inputs, live: error.object, manager, apiVersion: identity.apiVersion });
        throw new InitializationFailed(error.message, { id, outputs, reasons: [error.message, ...error.reasons] });
      }
    },
  };
}

async function createObject(
  cluster: Cluster,
  body: JsonMap,
  identity: Identity,
  fieldManager: string,
  { preview, log, signal, urn, inputs }: CreateRequest,
): Promise<JsonMap | undefined> {
  const { config, objects } = cluster;
  const options = { fieldManager, dryRun: preview, signal };
  // Creation refuses what exists unless the provider is told to take it over (pulumi/pulumi-kubernetes, pull 4278).
  const write = (): Promise<JsonMap> =>
    config.serverSideApply && config.upsertExistingObjects
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

async function updateObject(
  cluster: Cluster,
  body: JsonMap,
  identity: Identity,
  fieldManager: string,
  { preview, signal, newInputs }: UpdateRequest,
): Promise<JsonMap> {
  const { config, objects } = cluster;
  if (!config.serverSideApply) throw new NotInStandIn("kubernetes", "Updating with enableServerSideApply: false");
  let live = await objects.get(identity, signal);
  const options = { fieldManager, dryRun: preview, signal };
  if (isDefinition(body as PropertyMap)) {
    const metadata = {
      ...(body["metadata"] as JsonMap),
      resourceVersion: (live["metadata"] as JsonMap)["resourceVersion"],
    };
    return objects.replace({ ...body, metadata }, identity, options);
  }
  const adoption = adoptFields(live, fieldManager);
  if (adoption !== undefined && !preview) live = await objects.patch(identity, adoption, signal);
  const managed = (live["metadata"] as JsonMap)["managedFields"];
  // At preview the former managers still hold their fields; the update will move them first.
  const force = forced(cluster, newInputs) || !Array.isArray(managed) || (preview && adoption !== undefined);
  return objects.apply(body, identity, { ...options, force });
}

async function settle(
  cluster: Cluster,
  live: JsonMap,
  inputs: PropertyMap,
  request: CreateRequest | UpdateRequest,
  failure: (object: JsonMap, cause: string, reasons: readonly string[]) => Error,
): Promise<JsonMap> {
  const identity = identityOf(live as PropertyMap);
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

async function canPreview(cluster: Cluster, object: PropertyMap): Promise<boolean> {
  if (containsUnknown(object) || cluster.unreachable !== undefined || !cluster.config.serverSideApply) return false;
  return (await cluster.objects.findKind(identityOf(object))) !== undefined;
}

async function withNamespace(object: PropertyMap, cluster: Cluster): Promise<PropertyMap> {
  if (metadataOf(object)["namespace"] !== undefined) return object;
  const namespaced = (await cluster.namespaced(identityOf(object))) ?? true;
  return namespaced ? withMetadata(object, { namespace: cluster.config.defaultNamespace }) : object;
}

function placed(object: PropertyMap, namespaced: boolean): PropertyMap {
  if (!namespaced) return withMetadata(object, { namespace: undefined });
  return withMetadata(object, { namespace: metadataOf(object)["namespace"] ?? "default" });
}

function withMetadataName(old: PropertyMap, live: PropertyMap): PropertyMap {
  return withMetadata(old, { name: metadataOf(live)["name"] });
}

function shapeOf(oldOutputs: PropertyMap): JsonMap {
  return toServerKeys(normalized(oldInputsOf(oldOutputs, {})) as never) as JsonMap;
}

function serverObject(object: PropertyMap): JsonMap {
  return toServerKeys(toJsonMap(object)) as JsonMap;
}

function forced(cluster: Cluster, inputs: PropertyMap): boolean {
  return annotation(inputs, ANNOTATION.patchForce) === "true" || cluster.config.patchForce;
}

function timeoutOf(seconds: number, inputs: PropertyMap): number {
  if (seconds > 0) return seconds;
  const annotated = Number(annotation(inputs, ANNOTATION.timeoutSeconds) ?? Number.NaN);
  return Number.isFinite(annotated) && annotated > 0 ? annotated : DEFAULT_TIMEOUT_SECONDS;
}

function propagationOf(inputs: PropertyMap): string {
  switch (annotation(inputs, ANNOTATION.deletionPropagation)?.toLowerCase()) {
    case "orphan":
      return "Orphan";
    case "background":
      return "Background";
    default:
      return "Foreground";
  }
}

function nameAndPlace(id: string, live: PropertyMap): Pick<Identity, "name" | "namespace"> {
  const { name, namespace } = parseId(id);
  return { name, namespace: namespace ?? identityOf(live).namespace };
}

async function found(ask: () => Promise<JsonMap>): Promise<JsonMap | undefined> {
  try {
    return await ask();
  } catch (error) {
    // A kind that is gone took its objects with it.
    if (error instanceof NoSuchKind || isNotFound(error)) return undefined;
    throw error;
  }
}

const SERVER_MADE = ["status", "managedFields"];

function importedInputs(live: JsonMap): PropertyMap {
  const kept = Object.fromEntries(Object.entries(live).filter(([key]) => !SERVER_MADE.includes(key)));
  return withoutReadOnly(kept as PropertyMap);
}

// The server never gives `stringData` back: what the program wrote there is all there is.
function withStringData(inputs: PropertyMap, oldInputs: PropertyMap): PropertyMap {
  return oldInputs["stringData"] === undefined ? inputs : { ...inputs, stringData: oldInputs["stringData"] };
}

function contains(ignored: string, path: string): boolean {
  return path === ignored || path.startsWith(`${ignored}.`) || path.startsWith(`${ignored}[`);
}

function retrying(log: Log, error: unknown, count: number): void {
  log.status(`Retry #${count}; creation failed: ${messageOf(error)}`);
}

function wrapped(message: string, error: unknown): Error {
  return new Error(`${message}: ${messageOf(error)}`, { cause: error });
}
