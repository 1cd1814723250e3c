import { basicLogin, jsonBody, startStandIn, type SeenRequest, type StandIn, type StandInAnswer } from "./server.ts";

/** A user of the stand-in. */
export interface GrafanaUser {
  readonly id: number;
  readonly login: string;
  readonly email: string;
  password: string;
  readonly isGrafanaAdmin?: boolean;
  readonly isExternal?: boolean;
  readonly isDisabled?: boolean;
}

export interface GrafanaStandIn extends StandIn {
  readonly users: GrafanaUser[];
}

/**
 * Stands in for Grafana: the part of its HTTP API by which passwords are changed, as these pages describe it and
 * `pkg/api/user.go`, `pkg/api/admin_users.go` of Grafana answer it. It is no Grafana.
 *
 * https://grafana.com/docs/grafana/latest/developers/http_api/admin/#password-for-user
 * https://grafana.com/docs/grafana/latest/developers/http_api/user/
 */
export async function startGrafana(users: GrafanaUser[]): Promise<GrafanaStandIn> {
  const standIn = await startStandIn((request) => answer(users, request));
  return Object.assign(standIn, { users });
}

const unauthorized: StandInAnswer = {
  status: 401,
  body: { message: "Invalid username or password", messageId: "password-auth.failed" },
};

function answer(users: GrafanaUser[], request: SeenRequest): StandInAnswer {
  const { method, path } = request;
  const { pathname, searchParams } = new URL(path, "http://grafana.invalid");
  if (pathname === "/api/health") return { status: 200, body: { database: "ok" } };
  const sender = senderOf(users, request);
  if (sender === undefined) return unauthorized;
  if (method === "GET" && pathname === "/api/user") return { status: 200, body: shown(sender) };
  if (method === "PUT" && pathname === "/api/user/password") return changeOwn(sender, request);
  if (sender.isGrafanaAdmin !== true)
    return { status: 403, body: { message: "You'll need additional permissions to perform this action" } };
  if (method === "GET" && pathname === "/api/users/lookup") {
    const name = searchParams.get("loginOrEmail");
    const found = users.find(({ login }) => login === name) ?? users.find(({ email }) => email === name);
    return found === undefined
      ? { status: 404, body: { message: "user not found" } }
      : { status: 200, body: shown(found) };
  }
  const id = /^\/api\/admin\/users\/(\d+)\/password$/.exec(pathname)?.[1];
  if (method === "PUT" && id !== undefined) return setPassword(users, Number(id), request);
  return { status: 404, body: { message: "Not found" } };
}

function senderOf(users: readonly GrafanaUser[], request: SeenRequest): GrafanaUser | undefined {
  const login = basicLogin(request);
  return users.find(
    ({ login: name, password, isDisabled }) =>
      isDisabled !== true && name === login?.username && password === login.password,
  );
}

function shown({ id, login, email, isGrafanaAdmin = false, isExternal = false, isDisabled = false }: GrafanaUser) {
  return { id, login, email, name: login, theme: "", orgId: 1, isGrafanaAdmin, isExternal, isDisabled, authLabels: [] };
}

function changeOwn(sender: GrafanaUser, request: SeenRequest): StandInAnswer {
  const { oldPassword, newPassword } = jsonBody(request) ?? {};
  if (typeof oldPassword !== "string" || typeof newPassword !== "string") return badRequest(request);
  if (sender.isExternal === true) return { status: 400, body: { message: "Cannot update external user password" } };
  if (oldPassword !== sender.password) return { status: 401, body: { message: "Invalid old password" } };
  if (newPassword.length < 4) return { status: 400, body: { message: "New password is too short" } };
  sender.password = newPassword;
  return { status: 200, body: { message: "User password changed" } };
}

function setPassword(users: readonly GrafanaUser[], id: number, request: SeenRequest): StandInAnswer {
  const { password } = jsonBody(request) ?? {};
  const user = users.find((each) => each.id === id);
  if (typeof password !== "string") return badRequest(request);
  if (user === undefined) return { status: 404, body: { message: "user not found" } };
  // The answers of servers may quote what was sent.
  if (password.length < 4) return { status: 400, body: { message: `New password too short: ${password}` } };
  user.password = password;
  return { status: 200, body: { message: "User password updated" } };
}

function badRequest({ body }: SeenRequest): StandInAnswer {
  return { status: 400, body: { message: `bad request data: ${body}` } };
}
