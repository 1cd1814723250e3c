import type { Explanation } from "../../support/messages/explanation.ts";
import { fixFor, type Place } from "./causes.ts";
import { newestWarnings, type EventLike } from "./events.ts";
import { refusedIn } from "./refusals.ts";

/** Why a Helm release is not installed or updated. Pure. */

/** A Helm release, and what its Pods are found by. */
export interface ReleaseName extends Place {
  readonly name: string;
  /** The command that leaves the installation to others. */
  readonly leave: string;
  /** The command that does without what Prometheus reads. Default: the chart has nothing of that. */
  readonly withoutMonitor?: string;
  /** How it is taken over from others. Default: nobody wrote that down. */
  readonly takeOver?: string;
}

/** The record that Helm keeps of a revision: a Secret of the release's namespace. */
export interface ReleaseRecord {
  readonly metadata?: { readonly name?: string; readonly labels?: Readonly<Record<string, string>> };
}

/** The newest record of a release, if Helm was at work when it was written last: then Helm refuses to begin anew. */
export function pendingRecord(records: readonly ReleaseRecord[], release: string): ReleaseRecord | undefined {
  const own = records.filter(({ metadata }) => {
    const { owner, name } = metadata?.labels ?? {};
    return owner === "helm" && name === release;
  });
  const [newest] = own.sort((one, other) => revisionOf(other) - revisionOf(one));
  return statusOf(newest)?.startsWith("pending-") === true ? newest : undefined;
}

function revisionOf({ metadata }: ReleaseRecord): number {
  return Number(metadata?.labels?.["version"] ?? 0);
}

function statusOf(record: ReleaseRecord | undefined): string | undefined {
  return record?.metadata?.labels?.["status"];
}

/** That a release is stuck, and how Helm forgets the operation that did not end. What it had installed stays. */
export function pendingExplanation(
  record: ReleaseRecord,
  { name, namespace, kubectl }: Pick<ReleaseName, "name" | "namespace" | "kubectl">,
): Explanation {
  return {
    subject: `Helm release ${namespace}/${name}`,
    problem: `is ${statusOf(record) ?? "pending"} in revision ${revisionOf(record)}: a run was killed while Helm was at work, and Helm begins no other`,
    fix: `once nobody is at work: ${kubectl(`-n ${namespace} delete secret ${record.metadata?.name ?? ""}`)} && pulumi up`,
  };
}

/** What is known about a release that failed. */
export interface FailedRelease {
  readonly release: ReleaseName;
  /** What Helm failed with. */
  readonly error: string;
  readonly records: readonly ReleaseRecord[];
  /** Events of its namespace. Those of objects that are called like the release count. */
  readonly events: readonly ReleaseEvent[];
}

export interface ReleaseEvent extends EventLike {
  readonly involvedObject?: { readonly kind?: string; readonly name?: string };
}

/** Why a release failed; `undefined` where only Helm's own words are known. */
export function explainRelease({ release, error, records, events }: FailedRelease): Explanation | undefined {
  const subject = `Helm release ${release.namespace}/${release.name}`;
  if (/another operation .*is in progress|cannot re-?use a name that is still in use/.test(error)) {
    const pending = pendingRecord(records, release.name);
    if (pending !== undefined) return pendingExplanation(pending, release);
  }
  const [, missing] = /no matches for kind "([^"\n]+)"/.exec(error) ?? [];
  if (missing !== undefined) {
    return {
      subject,
      problem: `has a ${missing}, a kind that the cluster does not serve`,
      fix:
        (missing === "ServiceMonitor" || missing === "PrometheusRule") && release.withoutMonitor !== undefined
          ? `install the CRDs of the Prometheus Operator first (docs/alerts.md#before), or do without: ${release.withoutMonitor}`
          : `install the CRDs of ${missing} first`,
    };
  }
  if (/invalid ownership metadata|cannot be imported into the current release/.test(error)) {
    return {
      subject,
      problem: "can't be installed: somebody else has what it would make",
      evidence: othersObject(error),
      fix: `leave the installation to them: ${release.leave}${release.takeOver === undefined ? "" : `; or take it over: ${release.takeOver}`}`,
    };
  }
  return refusedIn(error, release.namespace) ?? notStarted(subject, release, error, events);
}

/** Which object is in the way, and the release that it belongs to. */
function othersObject(error: string): readonly string[] {
  const [, kind, name] = /([A-Z]\w+) "([^"\n]+)" in namespace "[^"\n]*" exists/.exec(error) ?? [];
  if (kind === undefined || name === undefined) return [];
  const valueOf = (key: string) =>
    new RegExp(`key "meta\\.helm\\.sh/${key}" must equal "[^"\n]*": current value is "([^"\n]*)"`).exec(error)?.[1];
  const release = valueOf("release-name");
  const namespace = valueOf("release-namespace");
  const whose = [
    ...(release === undefined ? [] : [`release ${release}`]),
    ...(namespace === undefined ? [] : [`namespace ${namespace}`]),
  ];
  return [
    `${kind} ${name} exists${whose.length === 0 ? ", and is of no release of Helm" : `, of ${whose.join(", ")}`}`,
  ];
}

/** Helm waited in vain: the newest warnings say for what. */
function notStarted(
  subject: string,
  release: ReleaseName,
  error: string,
  events: readonly ReleaseEvent[],
): Explanation | undefined {
  if (!/deadline exceeded|timed out|not ready/i.test(error)) return undefined;
  const own = events.filter(({ involvedObject }) => involvedObject?.name?.startsWith(release.name) === true);
  const warnings = ofLastAttempt(newestWarnings(own)).map(
    ({ involvedObject, message = "" }) =>
      `${involvedObject?.kind ?? "object"} ${involvedObject?.name ?? ""}: ${message.replaceAll(/\s+/g, " ").trim()}`,
  );
  const evidence = [...new Set(warnings)].slice(0, 3);
  return {
    subject,
    problem: "did not start in time, and Helm took it back",
    evidence: evidence.map((each) => `event: ${each}`),
    fix:
      evidence.length === 0
        ? `see what it waits for, while it is installed: ${release.kubectl(`-n ${release.namespace} get pods --watch`)}`
        : fixFor(evidence, { ...release, takenBack: true }),
  };
}

/**
 * Events outlive what they are about by an hour. A Deployment names its ReplicaSets after itself and the hash of their
 * template, and Pods begin with that name: those of an earlier one are of an attempt with other values.
 */
function ofLastAttempt(newestFirst: readonly ReleaseEvent[]): readonly ReleaseEvent[] {
  const last = new Map<string, string>();
  return newestFirst.filter(({ involvedObject }) => {
    const [, deployment, hash] = /^(.+)-([a-z0-9]{8,10})(?:-[a-z0-9]{5})?$/.exec(involvedObject?.name ?? "") ?? [];
    if (deployment === undefined || hash === undefined) return true;
    if (!last.has(deployment)) last.set(deployment, hash);
    return last.get(deployment) === hash;
  });
}
