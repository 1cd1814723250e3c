import { awsCauses } from "./aws-causes.ts";
import { azureCauses } from "./azure-causes.ts";
import { gcpCauses } from "./gcp-causes.ts";

/**
 * Says in words why a SecretStore or ExternalSecret is not Ready. Pulumi's Kubernetes provider only reports that it
 * waited in vain; the reason stands in the object's status and in its events.
 */

/** The part of an object that is read. */
export interface ConditionedObject {
  readonly kind?: string;
  readonly metadata?: { readonly name?: string; readonly namespace?: string };
  readonly status?: { readonly conditions?: readonly Condition[]; readonly syncedResourceVersion?: string };
}
export interface Condition {
  readonly type?: string;
  readonly status?: string;
  readonly reason?: string;
  readonly message?: string;
}
export interface EventLike {
  readonly type?: string;
  readonly reason?: string;
  readonly message?: string;
}

/** A cause, by the words that give it away. */
export interface Cause {
  readonly pattern: RegExp;
  readonly fix: string;
}

/** Causes that can be told from the operator's words, most specific first. */
const causes: readonly Cause[] = [
  ...awsCauses,
  ...azureCauses,
  ...gcpCauses,
  {
    pattern: /Throttl|TooManyRequests|Rate exceeded|RESOURCE_EXHAUSTED|ResourceExhausted|\b429\b/i,
    fix: "the store had too many requests; the operator tries again by itself. Where it happens often, raise refreshSeconds or the store's quota (docs/planner.md)",
  },
  {
    pattern: /invalid audience/i,
    fix: "the Vault role's audience and the store's auth.audience differ: set stores.<name>.auth.audience to what the role expects",
  },
  {
    pattern: /service account name not authorized|namespace not authorized/i,
    fix: "the Vault role is bound to another service account or namespace: run `pulumi up --refresh`, which puts the role back",
  },
  {
    pattern: /role .*could not be found|invalid role name/i,
    fix: "the Vault role does not exist at auth.mountPath: run `pulumi up --refresh`, which creates it again",
  },
  {
    pattern: /unable to log in|auth\/\S+\/login/i,
    fix: "Vault refused the login: compare `vault read auth/<mountPath>/role/<role>` with the service account `secrets-reader`",
  },
  {
    pattern: /permission denied|\bCode: 403/i,
    fix: "the reader's policy does not name this path: run `pulumi up --refresh`, which puts the policy back",
  },
  {
    pattern: /does not exist|not found|(?:Secret|Parameter|Resource)NotFound/i,
    fix: "the store does not hold this name or key: run `pulumi up --refresh`, which writes it again",
  },
  {
    pattern: /connection refused|no such host|timeout|deadline exceeded/i,
    fix: "the operator can't reach the store: check the address (clusterAddress), network policies and the store's health",
  },
];

/**
 * Where the sync of an updated ExternalSecret stands. The operator notes which version of the object's metadata it has
 * synced; until that note moves on from `before`, what the object says of itself is about the past.
 */
export function syncState(object: ConditionedObject, before: string | undefined): "synced" | "pending" | "failed" {
  const ready = object.status?.conditions?.find(({ type }) => type === "Ready");
  if (ready?.status === "False") return "failed";
  return ready?.status === "True" && object.status?.syncedResourceVersion !== before ? "synced" : "pending";
}

/** What to do about an object that exists although the state does not know it. */
export function takeOverAdvice(cluster: string, { kind, metadata }: ConditionedObject): string {
  return (
    `${kind ?? "object"} ${metadata?.namespace ?? ""}/${metadata?.name ?? ""} exists, and the state does not know it.\n` +
    `  fix: after a lost state, take over what is there: pulumi config set --path 'clusters.${cluster}.upsertExistingObjects' true`
  );
}

/** One paragraph: what is not ready, the operator's own words, and what to do. */
export function explainNotReady(object: ConditionedObject, events: readonly EventLike[] = []): string {
  const subject = `${object.kind ?? "object"} ${object.metadata?.namespace ?? ""}/${object.metadata?.name ?? ""}`;
  const ready = object.status?.conditions?.find(({ type }) => type === "Ready");
  const messages = events.filter(({ type }) => type === "Warning").map(({ message }) => withoutRequest(message ?? ""));
  const warnings = [...new Set(messages)];
  const state =
    ready === undefined
      ? "has no Ready condition: is the operator running? (kubectl -n external-secrets get pods)"
      : `is not Ready: ${ready.reason ?? "no reason"}: ${ready.message ?? "no message"}`;
  const words = [ready?.message ?? "", ...warnings].join("\n");
  const cause = causes.find(({ pattern }) => pattern.test(words));
  return [
    `${subject} ${state}`,
    ...warnings.slice(-3).map((warning) => `  event: ${oneLine(warning)}`),
    ...(cause === undefined ? [] : [`  fix: ${cause.fix}`]),
  ].join("\n");
}

/** Clouds number their answers and tell the time, so that one refusal would look like three. */
function withoutRequest(text: string): string {
  const id = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}";
  const time = String.raw`\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\dZ?`;
  const numbered = String.raw`[,.]?\s*"?(?:request|trace|correlation)[ _]?id"?:\s*"?${id}"?`;
  return text.replaceAll(new RegExp(`${numbered}|[,.]?\\s*"?timestamp"?:\\s*"?${time}"?`, "gi"), "");
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, " ").trim();
}
