import { RotationStopped } from "../../operations/rotate/up.ts";
import { FailedError } from "../exit-codes.ts";

/** Runs a rotation: what stops it on the way is said as it is, with how to go on. */
export async function continuing<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof RotationStopped) throw new FailedError(error.message);
    throw error;
  }
}
