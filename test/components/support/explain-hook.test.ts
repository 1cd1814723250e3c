import assert from "node:assert/strict";
import { AsyncLocalStorage } from "node:async_hooks";
import type { ErrorHook, ErrorHookArgs } from "@pulumi/pulumi";
import { asFix, explainHook, type FailedOperation } from "../../../components/support/explain-hook.ts";
import { runProgram } from "../../support/mocks.ts";

const args = (changes: object = {}) =>
  ({
    type: "test:index:Thing",
    name: "shop/db",
    newInputs: { name: "db" },
    errors: ["the newest", "the first"],
    ...changes,
  }) as unknown as ErrorHookArgs;
const failed: FailedOperation = {
  type: "test:index:Thing",
  name: "shop/db",
  inputs: { name: "db" },
  error: "the newest",
  attempts: 2,
};

describe("a hook that explains a failure", () => {
  const answer = async (hook: () => ErrorHook, changes?: object) => {
    const { result, logs } = await runProgram(() => hook().callback(args(changes)));
    return { again: result, said: logs.map(({ severity, message }) => `${severity}: ${message}`) };
  };

  it("logs the text as an error, once, and leaves the failure as it is", async () => {
    const seen: unknown[] = [];
    const hook = () =>
      explainHook("explain", (each) => {
        seen.push(each);
        return "fix: do this";
      });
    assert.deepEqual(await answer(hook), { again: false, said: ["error: fix: do this"] });
    assert.deepEqual(seen, [failed]);
  });

  it("says nothing of a failure that nothing is known of", async () => {
    assert.deepEqual(await answer(() => explainHook("explain", () => Promise.resolve(undefined))), {
      again: false,
      said: [],
    });
  });

  it("knows of no inputs where something was to be deleted, and of no error where there is none", async () => {
    const hook = () =>
      explainHook("explain", (each) => {
        assert.deepEqual(each, { ...failed, inputs: {}, error: "", attempts: 0 });
        return undefined;
      });
    await answer(hook, { newInputs: undefined, errors: [] });
  });

  it("tries again where it is to, and explains nothing then", async () => {
    const explain = () => assert.fail("was explained");
    const asked: unknown[] = [];
    const retry = (each: FailedOperation) => Promise.resolve(asked.push(each) > 0);
    assert.deepEqual(await answer(() => explainHook("explain", explain, { retry })), { again: true, said: [] });
    assert.deepEqual(asked, [failed]);
  });

  it("explains in the program's own context, from where alone an engine is found to log to", async () => {
    const context = new AsyncLocalStorage<string>();
    const seen: unknown[] = [];
    let hook: ErrorHook | undefined;
    const explain = () => void seen.push(context.getStore());
    await runProgram(() => context.run("program", () => void (hook = explainHook("explain", explain))));
    await context.run("engine", () => hook?.callback(args()));
    assert.deepEqual(seen, ["program"]);
  });
});

describe("advice", () => {
  it("is logged as a fix, where there is any", () => {
    assert.deepEqual([asFix("do this"), asFix(undefined)], ["fix: do this", undefined]);
  });
});
