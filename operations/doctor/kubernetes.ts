import { setTimeout } from "node:timers/promises";
import type { V1Secret } from "@kubernetes/client-node";
import { causeOf, ifExists, listAll, loadClient, type ClusterClient } from "../../components/clusters/client.ts";
import type { ClusterSpec } from "../../components/clusters/contract.ts";
import type { EventLike } from "../../components/clusters/troubles/events.ts";
import { once } from "../../components/support/once.ts";
import {
  apiVersions,
  type Answer,
  type ClusterReader,
  type Kind,
  type Kinds,
  type Place,
  type SecretObject,
} from "./cluster-reader.ts";

/** What asks a cluster until it is told to stop. */
type Asking = Pick<ClusterClient, "ask">;

/** How long one question may take, in milliseconds. */
const patience = 10_000;

/** Asks a cluster as whoever its kubeconfig names. Lists are read once. */
export function kubernetesReader(spec: Pick<ClusterSpec, "kubeconfig" | "context">, wait = patience): ClusterReader {
  const told = <T>(ask: (client: Asking) => Promise<T>) => answered(spec, ask, wait);
  const lists = new Map<string, Promise<Answer<readonly unknown[]>>>();

  return {
    version: () =>
      told(async (client) => (await client.ask<{ readonly gitVersion: string }>({ at: "/version" })).gitVersion),
    issuer: once(() => told(issuerOf)),
    servedVersions: (group) => told((client) => servedVersions(client, group)),
    get: (kind, place) => told((client) => getObject(client, kind, place)),
    list: <K extends Kind>(kind: K, namespace?: string) => {
      const key = `${kind}\n${namespace ?? ""}`;
      const asked = lists.get(key) ?? told((client) => listObjects(client, kind, namespace));
      lists.set(key, asked);
      return asked as Promise<Answer<readonly Kinds[K][]>>;
    },
    events: (kind, { namespace, name }) =>
      told((client) => {
        // Events of what is in no namespace are in this one.
        const at = { apiVersion: "v1", kind: "Event", namespace: namespace ?? "default" };
        const fieldSelector = `involvedObject.kind=${kind},involvedObject.name=${name}`;
        return listAll<EventLike>(client, { at, query: { fieldSelector } });
      }),
  };
}

/**
 * Has the operator read the store for an ExternalSecret at once: any change of its metadata does. With
 * `restartWorkload` the only thing here that writes.
 *
 * @returns why it could not, if so.
 */
export async function syncExternalSecret(
  spec: Pick<ClusterSpec, "kubeconfig" | "context">,
  { namespace, name }: { readonly namespace: string; readonly name: string },
  now: Date,
): Promise<{ readonly refused?: string }> {
  const answer = await answered(spec, async (client) => {
    const at = { apiVersion: apiVersions.ExternalSecret, kind: "ExternalSecret", namespace, name };
    const body = { metadata: { annotations: { "sync-now": String(now.getTime()) } } };
    await client.ask({ method: "PATCH", at, body });
  });
  return "refused" in answer ? answer : {};
}

/**
 * Restarts a workload as `kubectl rollout restart` does: an annotation of its template, upon which its controller replaces
 * its Pods one after the other.
 *
 * @param workload `deployment/api`; also of kind `statefulset` or `daemonset`.
 * @returns why it could not, if so.
 */
export async function restartWorkload(
  spec: Pick<ClusterSpec, "kubeconfig" | "context">,
  { namespace, workload }: { readonly namespace: string; readonly workload: string },
  now: Date,
): Promise<{ readonly refused?: string }> {
  const [kind = "", name = ""] = workload.split("/");
  const kinds = { deployment: "Deployment", statefulset: "StatefulSet", daemonset: "DaemonSet" } as const;
  if (!Object.hasOwn(kinds, kind)) return { refused: `${workload} is not restarted by its template` };
  const answer = await answered(spec, async (client) => {
    const at = { apiVersion: "apps/v1", kind: kinds[kind as keyof typeof kinds], namespace, name };
    const annotations = { "kubectl.kubernetes.io/restartedAt": now.toISOString() };
    await client.ask({ method: "PATCH", at, body: { spec: { template: { metadata: { annotations } } } } });
  });
  return "refused" in answer ? answer : {};
}

/** The answer, or the API's own words for why there is none. Nothing is asked any more by then. */
async function answered<T>(
  spec: Pick<ClusterSpec, "kubeconfig" | "context">,
  ask: (client: Asking) => Promise<T>,
  wait = patience,
): Promise<Answer<T>> {
  const over = new AbortController();
  const { signal } = over;
  try {
    const timeout = setTimeout(wait, undefined, { signal }).then((): never => {
      throw new Error(`no answer within ${wait / 1000} s`);
    });
    const asked = loadClient(spec).then((client) => ask({ ask: (request) => client.ask({ ...request, signal }) }));
    return { value: await Promise.race([asked, timeout]) };
  } catch (error) {
    return { refused: causeOf(error) };
  } finally {
    over.abort();
  }
}

/** https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/#service-account-issuer-discovery */
async function issuerOf(client: Asking): Promise<string> {
  const { issuer } = await client.ask<{ readonly issuer?: unknown }>({ at: "/.well-known/openid-configuration" });
  if (typeof issuer !== "string") throw new Error("the cluster names no issuer at /.well-known/openid-configuration");
  return issuer;
}

async function servedVersions(client: Asking, group: string): Promise<readonly string[]> {
  const { groups } = await client.ask<Groups>({ at: "/apis" });
  return groups.find(({ name }) => name === group)?.versions.map(({ version }) => version) ?? [];
}

/** https://kubernetes.io/docs/reference/using-api/api-concepts/#discovery-api */
interface Groups {
  readonly groups: readonly { readonly name: string; readonly versions: readonly { readonly version: string }[] }[];
}

async function getObject<K extends Kind>(client: Asking, kind: K, place: Place): Promise<Kinds[K] | undefined> {
  const found = await ifExists(client.ask({ at: { apiVersion: apiVersions[kind], kind, ...place } }));
  return found === undefined ? undefined : viewOf(kind, found);
}

async function listObjects<K extends Kind>(
  client: Asking,
  kind: K,
  namespace: string | undefined,
): Promise<readonly Kinds[K][]> {
  const found = await listAll<unknown>(client, { at: { apiVersion: apiVersions[kind], kind, namespace } });
  return found.map((item) => viewOf(kind, item));
}

function viewOf<K extends Kind>(kind: K, object: unknown): Kinds[K] {
  // A kind's view names fields that objects of it have; TypeScript can't follow that through the table.
  return (kind === "Secret" ? withoutValues(object as V1Secret) : withoutNulls(object)) as Kinds[K];
}

/** The API writes an empty list as `null` here and there, such as the rules of a Role. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).flatMap(([key, each]) =>
    each === null ? [] : [[key, withoutNulls(each)] as const],
  );
  return Object.fromEntries(entries);
}

/** Values end here: nothing beyond this function sees one. */
function withoutValues({ type, immutable, data = {}, metadata }: V1Secret): SecretObject {
  const keys = Object.keys(data).sort();
  const written = (metadata?.managedFields ?? []).flatMap(({ time }) => time ?? []);
  const { annotations, ...rest } = metadata ?? {};
  return {
    // kubectl keeps a copy of what it applied there, values included.
    metadata: { ...(rest as object), annotations: withoutCopies(annotations) },
    ...(type === undefined ? {} : { type }),
    ...(immutable === undefined ? {} : { immutable }),
    keys,
    emptyKeys: keys.filter((key) => data[key] === ""),
    ...(written.length === 0
      ? {}
      : { writtenAt: new Date(Math.max(...written.map((time) => new Date(time).getTime()))) }),
  };
}

function withoutCopies(annotations: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  const { "kubectl.kubernetes.io/last-applied-configuration": _, ...others } = annotations;
  return others;
}
