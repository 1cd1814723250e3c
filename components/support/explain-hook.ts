import { AsyncLocalStorage } from "node:async_hooks";
import { ErrorHook, log } from "@pulumi/pulumi";

/** The resource that could not be made. */
export interface FailedResource {
  readonly type: string;
  readonly name: string;
}

/**
 * Logs what to do about an error of a resource, where something is known; the error itself stays as it is.
 *
 * @param name Unique within the stack.
 * @param adviceOn What to do; `undefined` for an error that it knows nothing of.
 */
export function adviceHook(
  name: string,
  adviceOn: (resource: FailedResource, error: string) => string | undefined,
): ErrorHook {
  // The engine calls a hook from outside of the program's async context, where no engine would be found to log to.
  const inProgram = AsyncLocalStorage.snapshot();
  return new ErrorHook(name, async ({ type, name: resource, errors }) => {
    const advice = adviceOn({ type, name: resource }, errors[0] ?? "");
    if (advice !== undefined) await inProgram(() => log.error(`fix: ${advice}`));
    return false;
  });
}
