import {
  basicLogin,
  jsonBody,
  startStandIn,
  type SeenRequest,
  type StandIn,
  type StandInAnswer,
  type StandInOptions,
} from "./server.ts";

/** What a password API begins with. */
export interface PasswordApiState {
  /** Token of whoever sets passwords. */
  readonly administrator: string;
  /** Passwords by user. */
  readonly users: Readonly<Record<string, string>>;
}

export interface PasswordApi extends StandIn {
  readonly users: ReadonlyMap<string, string>;
  /** From now on a password is refused that the user has already. */
  readonly refuseReuse: () => void;
  /** Gives a user a password, as its first deployment does. */
  readonly assign: (user: string, password: string) => void;
  /** From now on each request to set a password is refused, with an answer that quotes it. @returns what ends it. */
  readonly breakDown: () => () => void;
  /** Lets a user log in no more, whatever its password is. */
  readonly ban: (user: string) => void;
  /** Logs in; rejects as the API refuses. */
  readonly logIn: (login: { readonly user: string; readonly password: string }) => Promise<void>;
}

/** Stands in for any HTTP API that keeps passwords of users. It is nobody's: it has what facts of a target can describe. */
export async function startPasswordApi(
  { administrator, users }: PasswordApiState,
  options: StandInOptions = {},
): Promise<PasswordApi> {
  const held = new Map(Object.entries(users));
  const banned = new Set<string>();
  let [refusesReuse, isBroken] = [false, false];

  const set = (user: string, password: unknown): StandInAnswer => {
    if (!held.has(user)) return { status: 404 };
    if (refusesReuse && held.get(user) === password)
      return { status: 409, body: `${String(password)} was used before` };
    // The answers of servers may quote what was sent.
    if (typeof password !== "string" || password.length < 4)
      return { status: 422, body: `too short: ${String(password)}` };
    held.set(user, password);
    return { status: 204 };
  };
  const answer = (request: SeenRequest): StandInAnswer => {
    const { method, path, headers } = request;
    if (path === "/moved") return { status: 308, headers: { Location: "/users/shop/password" } };
    if (path === "/") return { status: 404 };
    if (method === "GET" && path === "/me") {
      const login = basicLogin(request);
      const isRight = login !== undefined && held.get(login.username) === login.password && !banned.has(login.username);
      return { status: isRight ? 200 : 401 };
    }
    const fields = jsonBody(request) ?? Object.fromEntries(new URLSearchParams(request.body));
    if (method === "PUT" && path === "/me/password") {
      const user = String(fields["user"]);
      return held.get(user) === fields["old"] ? set(user, fields["password"]) : { status: 403 };
    }
    if (headers.authorization !== `Bearer ${administrator}`) return { status: 401 };
    const [, user = "", rest] = /^\/users\/([^/]+)(\/password)?$/.exec(path) ?? [];
    const name = decodeURIComponent(user);
    if (isBroken) return { status: 400, body: `quoted: ${request.body}` };
    if (method === "GET" && rest === undefined) return { status: held.has(name) ? 200 : 404 };
    return method === "PUT" && rest !== undefined ? set(name, fields["password"]) : { status: 404 };
  };

  const standIn = await startStandIn(answer, options);
  return Object.assign(standIn, {
    users: held,
    refuseReuse: () => void (refusesReuse = true),
    assign: (user: string, password: string) => void held.set(user, password),
    breakDown: () => {
      isBroken = true;
      return () => void (isBroken = false);
    },
    ban: (user: string) => void banned.add(user),
    logIn: async ({ user, password }: { readonly user: string; readonly password: string }) => {
      const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
      const { status } = await fetch(`${standIn.url}/me`, { headers: { authorization } });
      if (status !== 200) throw new Error(`the API answers ${status}`);
    },
  });
}
