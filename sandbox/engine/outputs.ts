import type { EnvironmentOutputs } from "../../stacks/outputs/index.ts";
import type { EventLog } from "./events.ts";

/** The outputs of an `up` that has succeeded, as the engine reported them. */
export function environmentOutputs({ outputs }: EventLog): EnvironmentOutputs {
  if (outputs === undefined) throw new Error("the engine reported no outputs of the stack");
  return outputs as unknown as EnvironmentOutputs;
}
