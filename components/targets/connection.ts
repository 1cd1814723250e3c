import { setCommand } from "../support/messages/config-command.ts";
import { messageOf } from "../support/messages/errors.ts";
import { passwordFix, type Administrated } from "./administrator.ts";

/** What goes wrong between the deployer and a target, alike for all kinds that are servers. */

/** Longest wait for a connection, and for an answer, in milliseconds. */
export const patience = 10_000;

/** What is wrong, and what to do about it. */
export type Problem = readonly [problem: string, fix: string];

interface Server extends Administrated {
  readonly host: string;
  readonly port: number;
}

/** The certificate of a target is not trusted; `undefined` where something else is wrong. */
export function certificateProblem({ name }: Server, error: unknown): Problem | undefined {
  if (!isCertificateCode(codeOf(error))) return undefined;
  return [
    `its certificate is not trusted: ${messageOf(error)}`,
    `give targets.${name}.caBundle the authority that signed it, and targets.${name}.host a name that it has`,
  ];
}

/** The target speaks no TLS. */
export function noTls({ name }: Server, problem: string): Problem {
  return [problem, `switch TLS on there, or allow clear text: ${setCommand(["targets", name, "tls"], "off")}`];
}

/** The target does not know the administrator's password. */
export function wrongPassword(server: Server, problem: string): Problem {
  return [`the administrator's password is wrong: ${problem}`, passwordFix(server)];
}

/** Nothing else is known of what went wrong. */
export function unreachable({ name, host, port }: Server, error: unknown): Problem {
  const problem = messageOf(error);
  return [
    problem === "" ? `it can't be reached (${codeOf(error)})` : problem,
    `let the deployer reach ${host} on port ${port}, or correct targets.${name}`,
  ];
}

/** The code of an error, of the system, of TLS or of a server; empty where it has none. */
export function codeOf(error: unknown): string {
  const { code } = (error ?? {}) as { readonly code?: unknown };
  return typeof code === "string" ? code : "";
}

/** Codes of Node's TLS (`tls` in its documentation, "X509 certificate error codes"). */
export function isCertificateCode(code: string): boolean {
  return /^(ERR_TLS_|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_(GET|VERIFY)_)/.test(code);
}
