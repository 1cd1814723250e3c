import { textOf, type Value } from "../support/values.ts";
import type { GcpContext } from "./resource.ts";

/** Two names of one object: `a/b/c` and `c` (google/tpgresource/self_link_helpers.go, CompareSelfLinkOrResourceName). */
export function sameResource(old: Value | undefined, next: Value | undefined): boolean {
  const [left, right] = [textOf(old), textOf(next)];
  if (left === "" || right === "") return left === right;
  if (!right.includes("/")) return left.split("/").at(-1) === right;
  return left === right;
}

/** The project of an object: its own, or the provider's. */
export function projectOf(
  properties: { readonly project?: Value | undefined },
  context: Pick<GcpContext, "project">,
): string {
  const project = textOf(properties.project, context.project ?? "");
  if (project === "")
    throw new Error("gcp: no project: set `project` of the resource or the provider, or GOOGLE_PROJECT");
  return project;
}
