import {
  explainNotReady,
  explainUnmerged,
  isReady,
  isUnmerged,
  unreadyStoreOf,
} from "../../../components/external-secrets/readiness/explain.ts";
import { isRendered, isSynced } from "../../../components/delivery/contract.ts";
import { millisecondsOf, type ExternalSecretObject } from "../cluster-reader.ts";
import type { Examined, Finding, Seen } from "../model.ts";
import { applyAgain, kubectl, type AskedSecret } from "../subject.ts";
import { isRefused, unanswered } from "./answers.ts";
import { secondsOf } from "./go-duration.ts";

/** How long a new ExternalSecret may go unseen by its operator, in milliseconds. */
const firstLook = 60_000;

/** Whether the operator read the store for a Secret, lately and with success. */
export async function checkExternalSecret(asked: AskedSecret): Promise<Examined> {
  const { delivery, reader, now } = asked;
  if (!isSynced(delivery)) return {};
  const place = { namespace: delivery.namespace, name: delivery.secretName };
  const subject = subjectOf(asked);
  const found = await reader.get("ExternalSecret", place);
  if (isRefused(found)) return unanswered("delivery", subject, found);
  const object = found.value === undefined ? undefined : { ...found.value, kind: "ExternalSecret" };
  if (object === undefined) {
    const fix = applyAgain(asked, isRendered(delivery));
    return { findings: [{ link: "delivery", severity: "broken", subject, problem: "does not exist", fix }] };
  }
  const gone = deleted(asked, object);
  if (gone !== undefined) return gone;
  if (isUnmerged(object)) {
    const told = explainUnmerged(object, object.spec);
    return { findings: [{ ...told, link: "delivery", severity: "broken" }] };
  }
  if (!isReady(object)) return notReady(asked, object);
  return stale(asked, object) ?? { seen: proofOf(object, subject, now) };
}

/** An ExternalSecret that was synced proves every link before it. */
function proofOf(object: ExternalSecretObject, subject: string, now: Date): readonly Seen[] {
  const at = millisecondsOf(object.status?.refreshTime);
  const when = at === undefined ? "" : ` ${agoOf(now.getTime() - at)}`;
  const text = `the operator read it${when}`;
  return [
    { link: "rights", text },
    { link: "object", text },
    { link: "delivery", text: `${subject} is synced: the operator read the store${when}` },
  ];
}

/** `3 minutes ago`. */
export function agoOf(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  const steps = [
    [86_400, "day"],
    [3_600, "hour"],
    [60, "minute"],
    [1, "second"],
  ] as const;
  const [size, unit] = steps.find(([length]) => seconds >= length) ?? [1, "second"];
  const count = Math.floor(seconds / size);
  return `${count} ${unit}${count === 1 ? "" : "s"} ago`;
}

function subjectOf({ delivery }: AskedSecret): string {
  return `ExternalSecret ${delivery.namespace}/${delivery.secretName}`;
}

function deleted(asked: AskedSecret, { metadata = {} }: ExternalSecretObject): Examined | undefined {
  if (metadata.deletionTimestamp === undefined) return undefined;
  const { namespace, secretName } = asked.delivery;
  const finalizers = metadata.finalizers ?? [];
  return {
    findings: [
      {
        link: "delivery",
        severity: "broken",
        subject: subjectOf(asked),
        problem: "is being deleted, and its operator has not let it go",
        evidence: finalizers.map((each) => `finalizer: ${each}`),
        fix: `start the operator, which removes its finalizers; or, where it is gone for good: ${kubectl(asked, `-n ${namespace} patch externalsecret ${secretName} --type=merge -p '{"metadata":{"finalizers":null}}'`)}`,
      },
    ],
  };
}

async function notReady(asked: AskedSecret, object: ExternalSecretObject): Promise<Examined> {
  const { reader, delivery, now } = asked;
  const subject = subjectOf(asked);
  const age = now.getTime() - (millisecondsOf(object.metadata?.creationTimestamp) ?? 0);
  const conditions = object.status?.conditions ?? [];
  if (conditions.length === 0 && age < firstLook) {
    return {
      unchecked: [
        {
          link: "delivery",
          subject,
          reason: `it is ${Math.round(age / 1000)} s old, and the operator has not looked at it yet`,
          kind: "not-asked",
        },
      ],
    };
  }
  const answer = await reader.events("ExternalSecret", { namespace: delivery.namespace, name: delivery.secretName });
  const events = isRefused(answer) ? [] : answer.value;
  const { link = "delivery", ...told } = explainNotReady(object, events);
  const waits = unreadyStoreOf(object, events) !== undefined;
  return {
    findings: [
      {
        ...(told.fix === undefined ? remedy(asked) : {}),
        ...told,
        link,
        severity: "broken",
        // The store is explained by its own check; where it is Ready by now, the next sync finds that out.
        ...(waits ? { follows: true } : {}),
      },
    ],
    ...(isRefused(answer) ? unanswered("delivery", `the events of ${subject}`, answer) : {}),
  };
}

/** Has the operator read the store at once: a command, and what `--fix` does. */
export function remedy(asked: AskedSecret): Pick<Finding, "fix" | "sync"> {
  const { namespace, secretName: externalSecret } = asked.delivery;
  return { fix: syncNow(asked), sync: { namespace, externalSecret } };
}

function syncNow(asked: AskedSecret): string {
  const { namespace, secretName } = asked.delivery;
  return kubectl(asked, `-n ${namespace} annotate externalsecret ${secretName} sync-now=$(date +%s) --overwrite`);
}

/** An ExternalSecret that is read at an interval, and was not when it was due. */
function stale(asked: AskedSecret, { spec = {}, status }: ExternalSecretObject): Examined | undefined {
  const interval = secondsOf(spec.refreshInterval ?? "1h");
  const last = millisecondsOf(status?.refreshTime);
  const periodic = (spec.refreshPolicy ?? "Periodic") === "Periodic";
  if (!periodic || interval === undefined || interval === 0 || last === undefined) return undefined;
  // One interval late, and what the operator may need for all that are due together.
  const late = asked.now.getTime() - last - (2 * interval + 300) * 1000;
  if (late <= 0) return undefined;
  const { namespace } = asked.cluster.spec.externalSecrets;
  return {
    findings: [
      {
        link: "delivery",
        severity: "broken",
        subject: subjectOf(asked),
        problem: `is due for a refresh every ${spec.refreshInterval ?? "1h"}, and the operator read it last at ${new Date(last).toISOString()}`,
        fix: kubectl(asked, `-n ${namespace} rollout restart deployment external-secrets`),
      },
    ],
  };
}
