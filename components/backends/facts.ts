import { z } from "zod";
import { layouts } from "./remote-object.ts";

/** Facts that several kinds of store have. */

export const layout = z.enum(layouts);

/** Whether the state may hold the values that are written to a store, or the provider has fields that it does not keep. */
export const values = z.enum(["state", "write-only"]).default("state");

/** The same for a kind that has no such fields; `why` names what is missing. */
export function valuesInState(why: string) {
  return z.literal("state", { error: `must be "state" (${why})` }).default("state");
}

/** The part of a store's spec that says so. */
export function writeOnly(mode: z.output<typeof values>): { readonly writeOnly?: true } {
  return mode === "write-only" ? { writeOnly: true } : {};
}
