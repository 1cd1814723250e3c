import debuggable from "@pulumi/pulumi/runtime/debuggable.js";

/** What the SDK's types leave out as internal. */
export interface SdkPromises {
  readonly debuggablePromise: <T>(promise: Promise<T>, context: unknown) => Promise<T>;
}

/** The SDK's own, which this module replaces. */
const { debuggablePromise } = debuggable as unknown as SdkPromises;

/**
 * Makes the SDK's promises without a call stack each, of which a resource has fifteen and more: it is only printed with
 * `PULUMI_DEBUG_PROMISE_LEAKS` (`sdk/nodejs/runtime/debuggable.ts`), and took up to a third of the time of a preview.
 */
export function omitPromiseTraces(): void {
  Object.assign(debuggable, {
    debuggablePromise: <T>(promise: Promise<T>, context: unknown): Promise<T> => {
      const { stackTraceLimit } = Error;
      Error.stackTraceLimit = 0;
      try {
        return debuggablePromise(promise, context);
      } finally {
        Error.stackTraceLimit = stackTraceLimit;
      }
    },
  });
}
