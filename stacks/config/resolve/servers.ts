import { setCommand } from "../../../components/support/messages/config-command.ts";
import { factsJoining, serversOf, type TargetSpec } from "../../../components/targets/kinds.ts";

/** Whether two targets have a server in common, which has the accounts of both. */
export function shareServer(one: TargetSpec, other: TargetSpec): boolean {
  const servers = new Set(serversOf(one));
  return serversOf(other).some((server) => servers.has(server));
}

/** Whether a target has all servers of another one. */
export function hasServersOf(one: TargetSpec, other: TargetSpec): boolean {
  const servers = new Set(serversOf(one));
  return serversOf(other).every((server) => servers.has(server));
}

/** The commands that give a target the servers of another one as well. */
export function joinCommand(one: TargetSpec, other: TargetSpec): string {
  const facts = factsJoining(one, other);
  return facts.map(({ path, value }) => setCommand(["targets", one.name, ...path], value)).join(" && ");
}
