import assert from "node:assert/strict";
import debuggable from "@pulumi/pulumi/runtime/debuggable.js";
import { omitPromiseTraces, type SdkPromises } from "../../../stacks/deploy/promise-traces.ts";

describe("promises of the SDK", () => {
  const sdk = debuggable as unknown as SdkPromises;
  const traceOf = (promise: Promise<unknown>) => (promise as { _debugStackTrace?: string })._debugStackTrace;

  it("have no call stack, however often the program runs in a process", async () => {
    omitPromiseTraces();
    omitPromiseTraces();
    const promise = Promise.resolve("value");
    assert.equal(await sdk.debuggablePromise(promise, "context"), "value");
    assert.equal(traceOf(promise), "Error");
  });

  it("leave the call stack of every other error", () => {
    omitPromiseTraces();
    const limit = Error.stackTraceLimit;
    void sdk.debuggablePromise(Promise.resolve(), "context");
    assert.equal(Error.stackTraceLimit, limit);
    assert.match(new Error("other").stack ?? "", /promise-traces\.test/);
  });
});
