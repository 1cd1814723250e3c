import { isRecord } from "../../../components/support/is-record.ts";
import { clippedName } from "../../../components/support/messages/printable.ts";
import type { Issue } from "../../../components/support/messages/errors.ts";
import { issueAt, reading, type FoundKey, type FoundSecret, type Left, type Place, type Reading } from "../model.ts";
import { isPlaceholder } from "../secret-looking.ts";
import { SecretValue } from "../secret-value.ts";
import { at, mapAt, textAt, textsAt } from "./yaml.ts";

export interface KubernetesSecretArgs {
  readonly object: unknown;
  readonly placeOf: (path?: readonly (string | number)[]) => Place;
  readonly source: "secret" | "live-secret";
}

/** Types that the cluster or a tool makes for itself: no application's secret, and nothing to migrate. */
const madeByOthers: readonly (readonly [RegExp, string])[] = [
  [/^kubernetes\.io\/service-account-token$/, "is the token of a service account, which the cluster makes"],
  [/^bootstrap\.kubernetes\.io\/token$/, "is a bootstrap token of the cluster"],
  [/^helm\.sh\/release/, "is Helm's record of a release"],
];

/** Reads a Secret, from a manifest or a cluster. Pure. */
export function readKubernetesSecret({ object, placeOf, source }: KubernetesSecretArgs): Reading {
  const name = textAt(object, "metadata", "name");
  const namespace = textAt(object, "metadata", "namespace");
  const type = textAt(object, "type");
  if (name === undefined)
    return reading({ issues: [issueAt(placeOf(["metadata"]), "is a Secret without metadata.name")] });
  const what = `Secret ${namespace === undefined ? name : `${namespace}/${name}`}`;
  const others = madeByOthers.find(([pattern]) => pattern.test(type ?? ""))?.[1] ?? controlledBy(object);
  if (others !== undefined) return reading({ left: [{ at: placeOf(), what, reason: others }] });
  const issues: Issue[] = [];
  const left: Left[] = [];
  const keys = new Map<string, FoundKey>();
  for (const field of ["data", "stringData"] as const) {
    const values = at(object, field);
    if (values !== undefined && values !== null && !isRecord(values))
      issues.push(issueAt(placeOf([field]), `${field} must be a map of texts by key`));
    for (const [key, value] of Object.entries(mapAt(object, field))) {
      const place = placeOf([field, key]);
      const read = readValue(field, value);
      // Of two, the API server takes stringData.
      if ("value" in read) keys.set(key, { name: key, value: read.value, at: place, notes: valueNotes(read.value) });
      else if ("problem" in read) issues.push(issueAt(place, `${field}.${clippedName(key)} ${read.problem}`, read.fix));
      else left.push({ at: place, what: `${what}, key ${key}`, reason: read.reason });
    }
  }
  const found: FoundSecret = {
    source,
    at: placeOf(),
    keys: [...keys.values()],
    target: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      ...(type === undefined || type === "Opaque" ? {} : { type }),
      labels: labelsOf(object),
      isApplied: true,
    },
    ...applicationOf(object),
    consumers: [],
    notes: [
      ...ownerNotes(object),
      ...(at(object, "immutable") === true ? ["is immutable: it can't be taken over in place"] : []),
    ],
  };
  if (keys.size > 0) return reading({ secrets: [found], left, issues });
  const empty = issues.length > 0 || left.length > 0 ? [] : [{ at: placeOf(), what, reason: "has no keys" }];
  return reading({ left: [...left, ...empty], issues });
}

/** What to know of a value that is migrated as it is. */
export function valueNotes(value: SecretValue): readonly string[] {
  return isPlaceholder(value.reveal()) ? ["looks like a placeholder"] : [];
}

/** No store of this program holds it: for Pulumi, an empty value is none. */
export const isEmpty = "is empty, and this program stores no empty values";

type Value =
  { readonly value: SecretValue } | { readonly problem: string; readonly fix?: string } | { readonly reason: string };

function readValue(field: "data" | "stringData", value: unknown): Value {
  if (value === "" || (value === null && field === "data")) return { reason: isEmpty };
  if (typeof value !== "string") {
    return { problem: "must be a text, as Kubernetes demands", fix: "put it in quotation marks" };
  }
  if (field === "stringData") return { value: new SecretValue(value) };
  const text = value.replaceAll(/[\r\n]/g, "");
  if (!isBase64(text)) return { problem: "is no base64", fix: "encode it, or write it as stringData" };
  const read = SecretValue.ofBytes(Buffer.from(text, "base64"));
  return read === undefined
    ? { reason: "holds bytes that are no UTF-8 text, and this program stores texts" }
    : { value: read };
}

/** Strict, as the API server reads it. */
function isBase64(text: string): boolean {
  return text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text);
}

function controlledBy(object: unknown): string | undefined {
  const kind = controllerKind(object);
  if (kind === undefined || kind === "SealedSecret") return undefined;
  if (kind === "ExternalSecret") return "is written by an ExternalSecret: migrate that";
  return `is written by its owner, of kind ${kind}`;
}

function controllerKind(object: unknown): string | undefined {
  const owners = at(object, "metadata", "ownerReferences");
  if (!Array.isArray(owners)) return undefined;
  return textAt(
    owners.find((each) => at(each, "controller") === true),
    "kind",
  );
}

function ownerNotes(object: unknown): readonly string[] {
  if (controllerKind(object) !== "SealedSecret") return [];
  return [
    "is owned by a SealedSecret, whose deletion deletes it: remove the ownerReference before you delete the SealedSecret",
  ];
}

/** Labels that say what an object belongs to, which stay true. Those that tools manage objects by are theirs. */
function labelsOf(object: unknown): Readonly<Record<string, string>> {
  const own = Object.entries(textsAt(object, "metadata", "labels")).filter(
    ([name]) =>
      !/^(?:app\.kubernetes\.io|helm\.sh|kustomize\.toolkit\.fluxcd\.io|reconcile\.external-secrets\.io|multicloud-secrets)\//.test(
        name,
      ),
  );
  return Object.fromEntries(own);
}

/** The application that an object says it belongs to. */
export function applicationOf(object: unknown): { readonly application?: string } {
  const labels = textsAt(object, "metadata", "labels");
  const application = labels["app.kubernetes.io/part-of"] ?? labels["app.kubernetes.io/name"];
  return application === undefined ? {} : { application };
}
