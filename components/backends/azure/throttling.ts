import type { PipelinePolicy } from "@azure/core-rest-pipeline";

/** Waits of 1, 2, 4, 8 and 16 seconds: https://learn.microsoft.com/azure/key-vault/general/overview-throttling */
const firstWait = 1_000;
const attempts = 5;

/**
 * Repeats what was throttled (429). Key Vault need not say when to ask again, and where it does not, Microsoft's SDK gives
 * up at once.
 */
export async function throttlingPolicy({ waitMs = firstWait } = {}): Promise<PipelinePolicy> {
  const { retryPolicy } = await import("@azure/core-rest-pipeline");
  return retryPolicy(
    [
      {
        name: "throttledWithoutTime",
        retry: ({ retryCount, response }) =>
          response?.status === 429 && !response.headers.has("retry-after")
            ? { retryAfterInMs: waitMs * 2 ** retryCount }
            : { skipStrategy: true },
      },
    ],
    { maxRetries: attempts },
  );
}
