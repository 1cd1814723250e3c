import { AsyncLocalStorage } from "node:async_hooks";
import { ErrorHook, log } from "@pulumi/pulumi";

/**
 * Returns a function that runs others in the async context that is current now. The engine calls hooks from outside of
 * the program's context, where a program that runs inline (Automation API) finds no engine to log to and no provider to
 * ask: make this while the program runs, and use it in the hook.
 */
export function programContext(): <T>(run: () => T) => T {
  return AsyncLocalStorage.snapshot();
}

/** An operation on a resource that failed. */
export interface FailedOperation {
  readonly type: string;
  /** Logical name of the resource. */
  readonly name: string;
  /** The requested inputs; empty for a deletion. */
  readonly inputs: Readonly<Record<string, unknown>>;
  /** What the last attempt failed with. */
  readonly error: string;
  /** How often it was attempted: 1 at first. */
  readonly attempts: number;
}

export interface ExplainOptions {
  /** Whether to retry, called before explaining; may wait. A failure that is retried is not explained. Default: never. */
  readonly retry?: (failed: FailedOperation) => Promise<boolean>;
}

/**
 * Logs what is known about a failed resource operation as a separate error; the failure itself is unchanged.
 *
 * @param name Unique within the stack.
 * @param explain The text to log; `undefined` for a failure that nothing is known of. It runs in the program's context.
 */
export function explainHook(
  name: string,
  explain: (failed: FailedOperation) => string | undefined | Promise<string | undefined>,
  { retry = () => Promise.resolve(false) }: ExplainOptions = {},
): ErrorHook {
  const inProgram = programContext();
  return new ErrorHook(name, async ({ type, name: resource, newInputs, errors }) => {
    const inputs = (newInputs ?? {}) as FailedOperation["inputs"];
    const failed = { type, name: resource, inputs, error: errors[0] ?? "", attempts: errors.length };
    if (await retry(failed)) return true;
    await inProgram(async () => {
      const text = await explain(failed);
      if (text !== undefined) await log.error(text);
    });
    return false;
  });
}

/** Advice as it is logged below the failure. */
export function asFix(advice: string | undefined): string | undefined {
  return advice === undefined ? undefined : `fix: ${advice}`;
}
