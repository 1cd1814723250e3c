import { isDeepStrictEqual } from "node:util";
import type { ChainLink } from "../../backends/known-error.ts";
import { newestWarnings, type EventLike } from "../../clusters/troubles/events.ts";
import { knownErrorIn } from "./known-errors.ts";
import { setCommand } from "../../support/messages/config-command.ts";
import type { Explanation } from "../../support/messages/explanation.ts";

/**
 * Says in words why a SecretStore, ExternalSecret or PushSecret is not Ready, and where the sync of an updated one
 * stands. Pulumi's Kubernetes provider only reports that it waited in vain; the reason stands in the object's status and
 * in its events.
 */

/** The part of an object that is read. */
export interface ConditionedObject {
  readonly kind?: string;
  readonly metadata?: {
    readonly name?: string;
    readonly namespace?: string;
    readonly generation?: number;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly status?: { readonly conditions?: readonly Condition[]; readonly syncedResourceVersion?: string };
}
export interface Condition {
  readonly type?: string;
  readonly status?: string;
  readonly reason?: string;
  readonly message?: string;
}
/** Whether an object reports that it is Ready. */
export function isReady(object: ConditionedObject): boolean {
  return readyCondition(object)?.status === "True";
}

/**
 * Where the sync of an updated object stands that looked like `before`. The operator notes which version of the spec,
 * labels and annotations it has synced; until that note moves on, what the object says of itself is about the past. If
 * the update changed none of them, since it was only tried again, the operator sees nothing new to sync.
 */
export function syncState(
  object: ConditionedObject,
  before: ConditionedObject | undefined,
): "synced" | "pending" | "failed" {
  if (readyCondition(object)?.status === "False") return "failed";
  const synced = object.status?.syncedResourceVersion;
  if (!isReady(object) || synced === undefined) return "pending";
  const movedOn = synced !== before?.status?.syncedResourceVersion;
  return movedOn || isDeepStrictEqual(askedOf(object), askedOf(before)) ? "synced" : "pending";
}

/** What the operator's note covers (`GetResourceVersion` of external-secrets). */
function askedOf(object: ConditionedObject | undefined): readonly unknown[] {
  const { generation, labels, annotations } = object?.metadata ?? {};
  return [generation, labels ?? {}, annotations ?? {}];
}

/**
 * Whether the operator waits for a Secret to merge keys into that is not there. It reports success then, and looks again at
 * the next refresh only (external-secrets v0.20.4, `externalsecret_controller.go`).
 */
export function isUnmerged(object: ConditionedObject): boolean {
  return isReady(object) && readyCondition(object)?.reason === "SecretMissing";
}

/** Why keys are not delivered that wait for a Secret to merge into. */
export function explainUnmerged(
  object: ConditionedObject,
  spec: { readonly refreshInterval?: string; readonly target?: { readonly name?: string } } = {},
): Explanation {
  const { name = "", namespace = "" } = object.metadata ?? {};
  const { refreshInterval = "1h0m0s" } = spec;
  // Without an interval the operator looks again when an object changes, and at no other time.
  const otherwise = refreshInterval === "0s" ? "" : `; otherwise the operator looks for it every ${refreshInterval}`;
  return {
    subject: subjectOf(object),
    problem: `is pending: namespace ${namespace} has no Secret ${spec.target?.name ?? name} to merge its keys into, so none was delivered. The installation that owns the Secret creates it.`,
    fix: `once it exists, run \`pulumi up\`, or: kubectl -n ${namespace} annotate externalsecret ${name} sync-now=$(date +%s) --overwrite${otherwise}`,
  };
}

/** Advice for an object that exists and is not in the state. */
export function takeOverAdvice(cluster: string, object: ConditionedObject): string {
  return (
    `${subjectOf(object)} exists and is not in the state.\n` +
    `  fix: after a lost state or a killed run, adopt what exists: ${setCommand(["clusters", cluster, "upsertExistingObjects"], true)}`
  );
}

/** An explanation with the link of the chain that its words tell of. */
export interface NotReady extends Explanation {
  /** Default: the words tell of no known cause. */
  readonly link?: ChainLink;
}

/** What is not ready, the operator's message, and the fix. */
export function explainNotReady(object: ConditionedObject, events: readonly EventLike[] = []): NotReady {
  const ready = readyCondition(object);
  const problem =
    ready === undefined
      ? "has no Ready condition: is the operator running? (kubectl get pods -A -l app.kubernetes.io/name=external-secrets)"
      : `is not Ready: ${ready.reason ?? "no reason"}: ${ready.message ?? "no message"}`;
  const telling = tellingWords(object, events);
  const known = telling === undefined || unreadyStoreIn(telling) !== undefined ? undefined : knownErrorIn(telling);
  return {
    subject: subjectOf(object),
    problem,
    evidence: warningsIn(events)
      .slice(0, 3)
      .reverse()
      .map((warning) => `event: ${oneLine(warning)}`),
    ...(known === undefined ? {} : { fix: known.fix, link: known.link }),
  };
}

/** The store that an object waits for, if that is why it is not Ready: the store is then explained instead. */
export function unreadyStoreOf(object: ConditionedObject, events: readonly EventLike[]): StoreReference | undefined {
  return unreadyStoreIn(tellingWords(object, events) ?? "");
}

interface StoreReference {
  readonly kind: "SecretStore" | "ClusterSecretStore";
  readonly name: string;
}

/** `SecretStore "secrets-reader" is not ready`, in the operator's message (`errSecretStoreNotReady`). */
function unreadyStoreIn(words: string): StoreReference | undefined {
  const [, kind, name] = /\b(SecretStore|ClusterSecretStore) "([^"]+)" is not ready/.exec(words) ?? [];
  return kind === undefined || name === undefined ? undefined : { kind: kind as StoreReference["kind"], name };
}

/** The newest message with a known cause. Events live for an hour: older ones may belong to a failure that is over. */
function tellingWords(object: ConditionedObject, events: readonly EventLike[]): string | undefined {
  const texts = [readyCondition(object)?.message ?? "", ...warningsIn(events)];
  return texts.find((words) => unreadyStoreIn(words) !== undefined || knownErrorIn(words) !== undefined);
}

/** Messages of warnings, each once, the newest first. */
function warningsIn(events: readonly EventLike[]): readonly string[] {
  return [...new Set(newestWarnings(events).map(({ message }) => withoutRequest(message ?? "")))];
}

function readyCondition({ status }: ConditionedObject): Condition | undefined {
  return status?.conditions?.find(({ type }) => type === "Ready");
}

/** How an object is named to people. */
export function subjectOf({ kind, metadata }: ConditionedObject): string {
  return `${kind ?? "object"} ${metadata?.namespace ?? ""}/${metadata?.name ?? ""}`;
}

/** Removes request ids and times, with which one refusal would look like several. */
function withoutRequest(text: string): string {
  const id = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}";
  const time = String.raw`\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\dZ?`;
  const numbered = String.raw`[,.]?\s*"?(?:request|trace|correlation)[ _]?id"?:\s*"?${id}"?`;
  return text.replaceAll(new RegExp(`${numbered}|[,.]?\\s*"?timestamp"?:\\s*"?${time}"?`, "gi"), "");
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, " ").trim();
}
