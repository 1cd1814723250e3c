import { InitializationFailed, messageOf } from "../../support/errors.ts";
import type { ResourceHandler } from "../../support/provider.ts";
import {
  containsUnknown,
  isMap,
  type JsonMap,
  type PropertyMap,
  reveal,
  revealMap,
  toJsonMap,
} from "../../support/values.ts";
import { ApiError, isNotFound } from "../api.ts";
import { NotReady, untilGone } from "../await/await.ts";
import { checkpoint, liveOf, normalized, oldInputsOf } from "./checkpoint.ts";
import type { Cluster } from "../cluster.ts";
import { diffObjects } from "../diff/diff.ts";
import { NoSuchKind } from "../discovery.ts";
import { forceNewPaths, identityPaths } from "../diff/force-new.ts";
import {
  annotation,
  ANNOTATION,
  fieldManagerOf,
  identityOf,
  idOf,
  type Identity,
  isBuiltIn,
  isDefinition,
  isPatch,
  kindOfType,
  metadataOf,
  named,
  parseId,
  toServerKeys,
  withMetadata,
  withoutReadOnly,
  withSecretData,
} from "../manifest.ts";
import { createObject, settle, timeoutOf, updateObject } from "./object-write.ts";
import { mustPatch, relinquish } from "./patch.ts";
import { prune } from "../diff/prune.ts";
import { annotateSecrets } from "./secrets.ts";

/** Any Kubernetes object, as the official plugin treats it (pulumi/pulumi-kubernetes, provider/pkg/provider/provider.go). */
export function objectResource(cluster: () => Cluster): ResourceHandler {
  return {
    check: async ({ type, name, oldInputs, newInputs, randomSeed }) => {
      const { kind } = kindOfType(type);
      const declared = reveal(newInputs["kind"] ?? null);
      if (isPatch(type, newInputs)) mustPatch(newInputs, cluster());
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
      const known = containsUnknown(newInputs) ? newInputs : withSecretData(newInputs);
      const inputs = named(withoutReadOnly(known), oldInputs, name, randomSeed);
      const placed = await withNamespace(inputs, cluster());
      return { inputs: annotateSecrets(placed, newInputs) };
    },

    diff: async ({ type, oldOutputs, newInputs, ignoreChanges }) => {
      const { config } = cluster();
      const next = normalized(revealMap(newInputs));
      const live = normalized(liveOf(oldOutputs));
      const identity = identityOf(next);
      const namespaced = (await cluster().namespaced(identity)) ?? true;
      const old = placed(prune(toServerKeys(live as never) as JsonMap, shapeOf(oldOutputs)), namespaced);
      const wanted = placed(next, namespaced);
      const immutable = next["immutable"] === true;
      const detailed = diffObjects(withMetadataName(old, live), wanted, {
        forceNew: isPatch(type, next)
          ? identityPaths
          : forceNewPaths(identity.apiVersion, identity.kind, { ...config, immutable }),
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
      const { inputs, preview, urn, type } = request;
      const wanted = revealMap(inputs);
      const identity = identityOf(wanted);
      if (preview && (isPatch(type, wanted) || !(await canPreview(cluster(), wanted))))
        return { id: "", outputs: inputs };
      cluster().mustBeReachable();
      const manager = fieldManagerOf(inputs, {});
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
      const shape = imported ? importedInputs(live) : (prune(live, shapeOf(oldOutputs, oldInputs)) as PropertyMap);
      const inputs = annotateSecrets(shape, oldInputs);
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
        const id = idOf(identityOf(object));
        const message = `the Kubernetes API server reported that "${id}" failed to fully initialize or become live: ${cause}`;
        return new InitializationFailed(message, { id, outputs: outputs(object), reasons: [message, ...reasons] });
      });
      const { __fieldManager: former = manager } = oldOutputs;
      if (typeof former === "string" && former !== manager)
        await cluster().objects.relinquish(identityOf(live), former, request.signal);
      return outputs(ready);
    },

    delete: async ({ id, type, oldInputs, oldOutputs, timeoutSeconds, signal, log, urn }) => {
      const { config, objects } = cluster();
      if (cluster().unreachable !== undefined && config.deleteUnreachable) return;
      cluster().mustBeReachable();
      const inputs = oldInputsOf(oldOutputs, oldInputs);
      const identity: Identity = { ...identityOf(liveOf(oldOutputs)), ...nameAndPlace(id, liveOf(oldOutputs)) };
      if (isPatch(type, { kind: identity.kind }))
        return relinquish(cluster(), identity, fieldManagerOf(inputs, oldOutputs, urn), signal);
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

function shapeOf(oldOutputs: PropertyMap, oldInputs: PropertyMap = {}): JsonMap {
  return toServerKeys(normalized(oldInputsOf(oldOutputs, oldInputs)) as never) as JsonMap;
}

function serverObject(object: PropertyMap): JsonMap {
  return toServerKeys(toJsonMap(object)) as JsonMap;
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
  return withoutReadOnly(kept);
}

function contains(ignored: string, path: string): boolean {
  return path === ignored || path.startsWith(`${ignored}.`) || path.startsWith(`${ignored}[`);
}
