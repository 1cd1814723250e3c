import type { KubeConfig } from "@kubernetes/client-node/dist/config.js";
import type { Configuration } from "@kubernetes/client-node/dist/gen/configuration.js";
import type { RequestContext, ResponseContext } from "@kubernetes/client-node/dist/gen/http/http.js";
import { realClock, type Clock } from "../support/clock.ts";
import { messageOf } from "../support/messages/errors.ts";
import { turns } from "../support/turns.ts";
import { apiPath, type ApiPlace } from "./api-path.ts";
import type { ClusterSpec } from "./contract.ts";
import { kubeconfigLibrary } from "./kubeconfig.ts";

/** One request to an API server. */
export interface ApiRequest {
  /** Default: `GET`. */
  readonly method?: "GET" | "POST" | "PATCH" | "DELETE";
  /** An object or a list, or the path of anything else. */
  readonly at: ApiPlace | string;
  readonly query?: Readonly<Record<string, string | number>>;
  /** In what form the answer is wanted. Default: JSON. */
  readonly accept?: string;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** How a `PATCH` is meant. Default: as a merge (RFC 7396). */
  readonly patch?: keyof typeof patchTypes;
  /** Ends it: a request without an answer keeps a process from ending. */
  readonly signal?: AbortSignal | undefined;
}

/** https://kubernetes.io/docs/reference/using-api/api-concepts/#patch-and-apply */
const patchTypes = {
  merge: "application/merge-patch+json",
  json: "application/json-patch+json",
  apply: "application/apply-patch+yaml",
} as const;

/** Kubernetes client for the few queries that the Pulumi provider can't make. */
export interface ClusterClient {
  /** Address of the API server. */
  readonly server: string;
  /**
   * What the API answers, as it sends it: times are texts.
   *
   * @throws ApiError where it refuses.
   */
  ask<T>(request: ApiRequest): Promise<T>;
  /**
   * The answer's text.
   *
   * @throws ApiError where the API refuses.
   */
  text(request: ApiRequest): Promise<string>;
}

/** Refused by an API server, in its own words. */
export class ApiError extends Error {
  readonly status: number;

  constructor(status: number, body: string) {
    super(wordsOf(body) ?? `the API server answered ${status}`);
    this.name = "ApiError";
    this.status = status;
  }
}

/** Connections, and what was read of files for them, are used for so long, in milliseconds: certificates may be renewed. */
const connectionsLast = 60_000;

/** Requests at once: each has a connection, and what is asked of many namespaces would open hundreds. */
const requestsAtOnce = 16;

/**
 * Opens a client for a cluster. The library reads the kubeconfig and logs in, by plugin, token or certificate; requests are plain, since
 * its classes take a quarter of a CPU second and 35 MB.
 */
export async function loadClient(spec: Pick<ClusterSpec, "kubeconfig" | "context">): Promise<ClusterClient> {
  const known = opened.get(spec);
  if (known !== undefined) return known;
  const opening = open(spec);
  // An exec plugin takes a second each time it is asked, and a connection its handshake. What failed is tried again.
  opened.set(spec, opening);
  opening.catch(() => opened.delete(spec));
  return opening;
}

const opened = new WeakMap<object, Promise<ClusterClient>>();

async function open({ kubeconfig, context }: Pick<ClusterSpec, "kubeconfig" | "context">): Promise<ClusterClient> {
  const { KubeConfig } = await kubeconfigLibrary();
  const config = new KubeConfig();
  if (kubeconfig === undefined) config.loadFromDefault();
  else config.loadFromFile(kubeconfig);
  if (context !== undefined) config.setCurrentContext(context);
  return clientOf(config);
}

function clientOf(config: KubeConfig): ClusterClient {
  const { configuration } = config.makeApiClient(PlainApi);
  const connections = new Connections(realClock);
  const turn = turns(requestsAtOnce);
  // One after the other: an exec plugin is started by whoever comes before it has answered.
  const login = turns(1);
  const text = async (request: ApiRequest): Promise<string> => {
    const context = contextOf(configuration, request);
    await login(() => config.applySecurityAuthentication(context));
    connections.share(context);
    return turn(async () => {
      const response = await sent(configuration, context);
      const body = await response.body.text();
      if (response.httpStatusCode < 200 || response.httpStatusCode > 299) {
        throw new ApiError(response.httpStatusCode, body);
      }
      return body;
    });
  };
  return {
    server: config.getCurrentCluster()?.server ?? "",
    text,
    ask: async <T>(request: ApiRequest) => JSON.parse(await text(request)) as T,
  };
}

/** What the library makes an API of: the server's address, and how requests are sent. */
class PlainApi {
  readonly configuration: Configuration;

  constructor(configuration: Configuration) {
    this.configuration = configuration;
  }
}

function contextOf(
  { baseServer }: Configuration,
  { method = "GET", at, query = {}, accept = "application/json", body, patch = "merge", signal }: ApiRequest,
): RequestContext {
  const path = typeof at === "string" ? at : apiPath(at);
  const context = baseServer.makeRequestContext(path, method);
  context.setHeaderParam("Accept", accept);
  if (signal !== undefined) context.setSignal(signal);
  for (const [name, value] of Object.entries(query)) context.setQueryParam(name, String(value));
  if (body !== undefined) {
    context.setHeaderParam("Content-Type", method === "PATCH" ? patchTypes[patch] : "application/json");
    context.setBody(JSON.stringify(body));
  }
  return context;
}

async function sent({ httpApi, middleware }: Configuration, context: RequestContext): Promise<ResponseContext> {
  // Names the client to the server.
  for (const each of middleware) await each.pre(context).toPromise();
  return httpApi.send(context).toPromise();
}

/** The library gives each request connections of its own, which costs a handshake each time: those of the last minute serve all. */
class Connections {
  readonly #clock: Clock;
  #shared: { readonly dispatcher: ReturnType<RequestContext["getDispatcher"]>; readonly since: number } | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  share(context: RequestContext): void {
    const now = this.#clock.now();
    if (this.#shared === undefined || now - this.#shared.since > connectionsLast) {
      this.#shared = { dispatcher: context.getDispatcher(), since: now };
    }
    if (this.#shared.dispatcher !== undefined) context.setDispatcher(this.#shared.dispatcher);
  }
}

/** The message of the API's refusal; `undefined` where it is none of its own. */
function wordsOf(body: string): string | undefined {
  try {
    const { message } = JSON.parse(body) as { readonly message?: unknown };
    return typeof message === "string" && message !== "" ? message : undefined;
  } catch {
    const [line = ""] = body.trim().split("\n");
    return line === "" || line.length > 200 || line.startsWith("<") ? undefined : line;
  }
}

/** Why a request failed: `fetch` says "fetch failed" and keeps the reason to itself. */
export function causeOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && cause.message !== "" ? cause.message : messageOf(error);
}

/** Whether the API has no such object, or no such kind. */
export function isNotFound(error: unknown): boolean {
  return error instanceof ApiError && error.status === 404;
}

/** What a request answers; `undefined` where the API has no such object, or no such kind. */
export async function ifExists<T>(request: Promise<T>): Promise<T | undefined> {
  try {
    return await request;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/** Makes the API send a list with metadata alone. */
export const metadataOnly = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";

/** Makes the API send an object with metadata alone. */
export const metadataOfOne = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1";

/** Objects in one page of a list. */
const pageSize = 500;

/** One page of a list. */
export interface Page<T> {
  /** An empty list has none where only metadata was asked for. */
  readonly items?: readonly T[] | null;
  readonly metadata?: { readonly continue?: string };
}

/**
 * All objects of a list, page by page.
 *
 * @param pageOf what an answer has. Default: it is a list.
 */
export async function listAll<T, Answer = Page<T>>(
  client: Pick<ClusterClient, "ask">,
  request: ApiRequest,
  pageOf: (answer: Answer) => Page<T> = (answer) => answer as Page<T>,
): Promise<readonly T[]> {
  const items: T[] = [];
  let next = "";
  do {
    const query = { ...request.query, ...(next === "" ? {} : { continue: next }), limit: pageSize };
    const page = pageOf(await client.ask<Answer>({ ...request, query }));
    items.push(...(page.items ?? []));
    next = page.metadata?.continue ?? "";
  } while (next !== "");
  return items;
}
