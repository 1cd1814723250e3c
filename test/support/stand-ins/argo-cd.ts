import { randomUUID } from "node:crypto";
import { jsonBody, startStandIn, type SeenRequest, type StandIn, type StandInAnswer } from "./server.ts";

/** A local account of the stand-in. */
export interface ArgoCdAccount {
  readonly name: string;
  password: string;
  /** Whether its role may update other accounts. */
  readonly mayUpdate?: boolean;
  /** Default: it can log in. */
  readonly capabilities?: readonly ("login" | "apiKey")[];
}

export interface ArgoCdStandIn extends StandIn {
  readonly accounts: ArgoCdAccount[];
}

/**
 * Stands in for Argo CD: the part of its HTTP API by which passwords are changed, as `server/session/session.proto` and
 * `server/account/account.proto` declare it and `server/account/account.go`, `util/session/sessionmanager.go` answer it (gRPC codes as
 * grpc-gateway maps them). It is no Argo CD.
 *
 * https://argo-cd.readthedocs.io/en/stable/developer-guide/api-docs/
 */
export async function startArgoCd(accounts: ArgoCdAccount[]): Promise<ArgoCdStandIn> {
  const sessions = new Map<string, ArgoCdAccount>();
  const standIn = await startStandIn((request) => answer(accounts, sessions, request));
  return Object.assign(standIn, { accounts });
}

/** The default of `passwordPattern` in argocd-cm. */
const passwordPattern = /^.{8,32}$/;

function failure(status: number, code: number, message: string): StandInAnswer {
  return { status, body: { error: message, code, message } };
}

function answer(accounts: ArgoCdAccount[], sessions: Map<string, ArgoCdAccount>, request: SeenRequest): StandInAnswer {
  const { method, path } = request;
  if (method === "GET" && path === "/api/version") return { status: 200, body: { Version: "v3.0.0" } };
  if (method === "POST" && path === "/api/v1/session") return logIn(accounts, sessions, request);
  const sender = sessions.get(/^Bearer (.+)$/.exec(request.headers.authorization ?? "")?.[1] ?? "");
  if (sender === undefined) return failure(401, 16, "no session information");
  if (method === "PUT" && path === "/api/v1/account/password") return update(accounts, sessions, sender, request);
  const asked = /^\/api\/v1\/account\/can-i\/accounts\/update\/([^/]+)$/.exec(path)?.[1];
  if (method === "GET" && asked !== undefined)
    return { status: 200, body: { value: sender.mayUpdate === true ? "yes" : "no" } };
  return failure(404, 5, "Not Found");
}

function logIn(
  accounts: readonly ArgoCdAccount[],
  sessions: Map<string, ArgoCdAccount>,
  request: SeenRequest,
): StandInAnswer {
  const { username, password } = jsonBody(request) ?? {};
  const account = accounts.find(({ name }) => name === username);
  if (account === undefined || account.password !== password) return failure(401, 16, "Invalid username or password");
  if (!(account.capabilities ?? ["login"]).includes("login")) {
    return failure(401, 16, `user does not have capability: login`);
  }
  const token = randomUUID();
  sessions.set(token, account);
  return { status: 200, body: { token } };
}

function update(
  accounts: readonly ArgoCdAccount[],
  sessions: Map<string, ArgoCdAccount>,
  sender: ArgoCdAccount,
  request: SeenRequest,
): StandInAnswer {
  const { name, currentPassword, newPassword } = jsonBody(request) ?? {};
  const wanted = typeof name !== "string" || name === "" ? sender.name : name;
  if (wanted !== sender.name && sender.mayUpdate !== true) {
    return failure(403, 7, `permission denied: accounts, update, ${wanted}`);
  }
  if (currentPassword !== sender.password) return failure(400, 3, "current password does not match");
  if (typeof newPassword !== "string" || !passwordPattern.test(newPassword)) {
    // The answers of servers may quote what was sent.
    return failure(
      500,
      2,
      `new password ${String(newPassword)} does not match the following expression: ${passwordPattern.source}`,
    );
  }
  const account = accounts.find((each) => each.name === wanted);
  if (account === undefined) return failure(404, 5, `account '${wanted}' does not exist`);
  account.password = newPassword;
  // A token is older than the password then.
  for (const [token, owner] of sessions) if (owner === account) sessions.delete(token);
  return { status: 200, body: {} };
}
