import { setCommand } from "../support/messages/config-command.ts";

/**
 * Takes over secrets (`<app>/<secret>`) whose objects somebody deleted and made anew, so that they have other ids under the same
 * names. The refresh of `pulumi up --refresh` is too late: the program looks at the state as it was before, and would create the
 * names that it takes for known. After a refresh of its own the state has them no more, and they are adopted as all that exists is.
 */
export function retakeCommand(ids: readonly string[]): string {
  const adopting = ids.map((id) => setCommand(["adopt", id], true));
  return ["pulumi refresh", ...adopting, "pulumi up"].join(" && ");
}
