import type * as Client from "@kubernetes/client-node";
import { messageOf } from "../support/messages/errors.ts";
import type { ClusterSpec } from "./contract.ts";

/** Kubernetes client for the few queries that the Pulumi provider can't make. */
export interface ClusterClient {
  readonly library: typeof Client;
  readonly config: Client.KubeConfig;
}

/** Loads the client for a cluster. Late, and only where it is needed: the library costs half a second of every start. */
export async function loadClient(spec: Pick<ClusterSpec, "kubeconfig" | "context">): Promise<ClusterClient> {
  const library = await import("@kubernetes/client-node");
  const config = new library.KubeConfig();
  if (spec.kubeconfig === undefined) config.loadFromDefault();
  else config.loadFromFile(spec.kubeconfig);
  if (spec.context !== undefined) config.setCurrentContext(spec.context);
  return { library, config };
}

/** The API's own message for a failed request: the client's error contains the whole response, with its headers. */
export function reasonOf(error: unknown): string {
  const body = typeof error === "object" && error !== null && "body" in error ? error.body : undefined;
  if (typeof body !== "string") return messageOf(error);
  try {
    const { message } = JSON.parse(body) as { readonly message?: unknown };
    return typeof message === "string" && message !== "" ? message : messageOf(error);
  } catch {
    return messageOf(error);
  }
}

/** `reasonOf`, or why the cluster was not reached: `fetch` says "fetch failed" and keeps the reason to itself. */
export function causeOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && cause.message !== "" ? cause.message : reasonOf(error);
}

/** What a request answers; `undefined` where the API has no such object, or no such kind. */
export async function ifExists<T>({ library }: ClusterClient, request: Promise<T>): Promise<T | undefined> {
  try {
    return await request;
  } catch (error) {
    if (error instanceof library.ApiException && error.code === 404) return undefined;
    throw error;
  }
}
