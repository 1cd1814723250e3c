import { throttlingPolicy } from "./throttling.ts";

export interface AzureRequest {
  readonly url: string;
  /** Default: `GET`. */
  readonly method?: "GET" | "PATCH" | "POST";
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Sends a request with Microsoft's client, as its SDK does: `fetch` does not support proxies. Loaded at the first request. */
export async function send({
  url,
  method = "GET",
  headers = {},
  body,
}: AzureRequest): Promise<{ readonly status: number; readonly text: string }> {
  const { createDefaultHttpClient, createPipelineFromOptions, createPipelineRequest } =
    await import("@azure/core-rest-pipeline");
  const request = createPipelineRequest({ url, method, timeout: 30_000, ...(body === undefined ? {} : { body }) });
  for (const [name, value] of Object.entries(headers)) request.headers.set(name, value);
  const pipeline = createPipelineFromOptions({});
  pipeline.addPolicy(await throttlingPolicy());
  const { status, bodyAsText } = await pipeline.sendRequest(createDefaultHttpClient(), request);
  return { status, text: bodyAsText ?? "" };
}
