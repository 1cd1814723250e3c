import { setTimeout as sleep } from "node:timers/promises";
import type { Log } from "../../support/provider.ts";
import { isJsonMap, type JsonMap, textOf } from "../../support/values.ts";
import { ApiError, isNotFound } from "../api.ts";
import { type Identity, jsonMetadata } from "../manifest.ts";
import type { Objects } from "../objects/objects.ts";
import type { Progress, Readiness } from "./readiness.ts";

/** An object that exists but did not get where it should in time. */
export class NotReady extends Error {
  /** What it looked like at the end. */
  readonly object: JsonMap;
  /** What was missing, for the state: the next update shows it. */
  readonly reasons: readonly string[];
  constructor(message: string, object: JsonMap, reasons: readonly string[]) {
    super(message);
    this.name = "NotReady";
    this.object = object;
    this.reasons = reasons;
  }
}

/** The wait for one object. */
export interface WaitOptions {
  readonly objects: Objects;
  readonly identity: Identity;
  readonly timeoutSeconds: number;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/** How long the official plugin waits when nobody says otherwise. */
export const DEFAULT_TIMEOUT_SECONDS = 600;

// An event is worth telling only if the object is not ready at once.
const EVENTS_AFTER_MS = 1500;
const EVENTS_EVERY_MS = 5000;
const AGAIN_MS = 100;

/** Waits until the object is ready; throws {@link NotReady} when the time is up. */
export async function untilReady(start: JsonMap, readiness: Readiness, options: WaitOptions): Promise<JsonMap> {
  const { log, identity } = options;
  const first = readiness.check(start);
  if (first.ready) return start;
  say(log, first);

  let last = start;
  let message = first.message;
  const events = followEvents(options);
  try {
    const final = await follow(start, options, (object) => {
      last = object ?? last;
      const progress = readiness.check(last);
      message = progress.message;
      if (progress.failed === true) throw new NotReady(progress.message, last, [progress.message]);
      if (!progress.ready) say(log, progress);
      return progress.ready;
    });
    if (final === "timeout") {
      const text = readiness.custom
        ? "timed out waiting for the condition"
        : `'${identity.name}' timed out waiting to be Ready`;
      throw new NotReady(text, last, readiness.custom ? [] : [message]);
    }
    log.status("");
    return last;
  } finally {
    events.stop();
  }
}

/** A warning is worded as the official plugin words it: whoever counts warnings finds out here. */
function say(log: Log, { message, severity }: Progress): void {
  if (severity === undefined) log.status(`[Pulumi] ${message}`);
  else log.status(message, severity);
}

/** Waits until the object is gone. `left` is what the deletion answered. */
export async function untilGone(left: JsonMap, options: WaitOptions): Promise<void> {
  const uid = jsonMetadata(left)["uid"];
  // A deletion without finalizers is answered with a status: nothing is left to wait for.
  if (left["kind"] === "Status" && uid === undefined) return;
  let last = left;
  const final = await follow(left, options, (object) => {
    if (object === undefined) return true;
    if (jsonMetadata(object)["uid"] !== uid) return true;
    last = object;
    const finalizers = jsonMetadata(object)["finalizers"];
    const held =
      Array.isArray(finalizers) && finalizers.length > 0
        ? ` (finalizers: ${finalizers.map((name) => textOf(name)).join(", ")})`
        : "";
    options.log.status(`[Pulumi] Waiting for deletion${held}`);
    return false;
  });
  if (final === "timeout") throw new NotReady("timed out waiting for the condition", last, []);
  options.log.status("");
}

/** Waits until a service with a selector has somewhere to send its traffic. */
export async function untilServed(service: JsonMap, options: WaitOptions): Promise<void> {
  const spec = isJsonMap(service["spec"]) ? service["spec"] : {};
  const selector = isJsonMap(spec["selector"]) ? spec["selector"] : {};
  if (Object.keys(selector).length === 0 || spec["type"] === "ExternalName") return;
  const { identity, objects, log, signal } = options;
  const path = `/apis/discovery.k8s.io/v1/namespaces/${identity.namespace ?? "default"}/endpointslices`;
  const until = Date.now() + options.timeoutSeconds * 1000;
  for (let wait = AGAIN_MS; ; wait = Math.min(wait * 1.5, 2000)) {
    const slices = await objects.list(path, { labelSelector: `kubernetes.io/service-name=${identity.name}` }, signal);
    if (slices.some(hasReadyEndpoint)) return log.status("");
    const message =
      "Service does not target any Pods. Selected Pods may not be ready, or field '.spec.selector' may not match labels on any Pods";
    log.status(`[1/3] ${message}`);
    if (Date.now() + wait > until) {
      throw new NotReady(`'${identity.name}' timed out waiting to be Ready`, service, [message]);
    }
    await sleep(wait, undefined, { signal });
  }
}

function hasReadyEndpoint(slice: JsonMap): boolean {
  const endpoints = Array.isArray(slice["endpoints"]) ? slice["endpoints"].filter(isJsonMap) : [];
  return endpoints.some(({ conditions }) => !isJsonMap(conditions) || conditions["ready"] !== false);
}

// Watches one object until `done` says so; `done` sees `undefined` when the object is gone.
async function follow(
  start: JsonMap,
  options: WaitOptions,
  done: (object: JsonMap | undefined) => boolean,
): Promise<"done" | "timeout"> {
  const { objects, identity } = options;
  const deadline = AbortSignal.timeout(options.timeoutSeconds * 1000);
  const signal = AbortSignal.any([options.signal, deadline]);
  let version = versionOf(start);
  try {
    for (;;) {
      try {
        for await (const event of objects.watch(identity, version, options.timeoutSeconds, signal)) {
          const object = event["object"];
          if (event["type"] === "ERROR" || !isJsonMap(object)) break;
          version = versionOf(object);
          if (done(event["type"] === "DELETED" ? undefined : object)) return "done";
        }
      } catch (error) {
        if (error instanceof NotReady || signal.aborted) throw error;
        if (error instanceof ApiError && (error.status === 401 || error.status === 403)) throw error;
      }
      // The stream ended or the version is too old: look again, and follow from there.
      await sleep(AGAIN_MS, undefined, { signal });
      try {
        const object = await objects.get(identity, signal);
        version = versionOf(object);
        if (done(object)) return "done";
      } catch (error) {
        if (!isNotFound(error)) throw error;
        if (done(undefined)) return "done";
      }
    }
  } catch (error) {
    if (deadline.aborted && !options.signal.aborted && !(error instanceof NotReady)) return "timeout";
    if (options.signal.aborted)
      throw new Error(`Resource operation was cancelled for "${identity.name}"`, { cause: error });
    throw error;
  }
}

// What controllers complain about shows while waiting: the reason is rarely in the object itself.
function followEvents({ objects, identity, log, signal }: WaitOptions): { readonly stop: () => void } {
  const told = new Set<string>();
  const path = `/api/v1/namespaces/${identity.namespace ?? "default"}/events`;
  const query = {
    fieldSelector: `involvedObject.name=${identity.name},involvedObject.kind=${identity.kind},type=Warning`,
  };
  const look = async (): Promise<void> => {
    for (const event of await objects.list(path, query, signal)) {
      const message = `[${textOf(event["reason"])}] ${textOf(event["message"])}`;
      if (!told.has(message)) log.status(message);
      told.add(message);
    }
  };
  const quietly = (): void => void look().catch(() => undefined);
  let repeat: NodeJS.Timeout | undefined;
  const first = setTimeout(() => {
    quietly();
    repeat = setInterval(quietly, EVENTS_EVERY_MS);
  }, EVENTS_AFTER_MS);
  return {
    stop: () => {
      clearTimeout(first);
      clearInterval(repeat);
    },
  };
}

function versionOf(object: JsonMap): string {
  return textOf(jsonMetadata(object)["resourceVersion"], "0");
}
