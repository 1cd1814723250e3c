import { messageOf } from "../../support/messages/errors.ts";
import { certificateProblem, noTls, patience, unreachable, wrongPassword, type Problem } from "../connection.ts";
import { TargetError, type ExamineArgs, type Login, type RetireArgs, type TellArgs, type VerifyArgs } from "../kind.ts";
import { passwordRules } from "./passwords.ts";
import type { RedisSpec } from "./spec.ts";

/**
 * Adds a user's new password on every server, by its hash, and logs in with it. What is in use stays valid beside it, so that no
 * login fails while clients change over. The user must be there: who makes it says what it may do.
 */
export async function tell({ target, administrator, login, inUse = [] }: TellArgs<RedisSpec>): Promise<void> {
  await onEach(target, async (server) => {
    await asAdministrator(server, administrator, async (send) => {
      const held = await passwordsOf(send, login.username);
      const rules = passwordRules({ held, password: login.password, inUse });
      if (rules.length > 0) await send("ACL", "SETUSER", login.username, ...rules);
      await save(send);
    });
    await logIn(server, login, `the server has the new password of user ${login.username}, and a login with it fails`);
  });
}

/** Logs in as the user on every server. */
export async function verify({ target, login }: VerifyArgs<RedisSpec>): Promise<void> {
  await onEach(target, (server) => logIn(server, login, `a login of user ${login.username} fails`));
}

/** Removes every other password of a user on every server. One that lacks this password gets it: no login must fail with it. */
export async function retire({ target, administrator, login }: RetireArgs<RedisSpec>): Promise<void> {
  await onEach(target, async (server) => {
    await asAdministrator(server, administrator, async (send) => {
      const held = await passwordsOf(send, login.username);
      const rules = passwordRules({ held, password: login.password, inUse: [login.password] });
      if (rules.length > 0) await send("ACL", "SETUSER", login.username, ...rules);
      await save(send);
    });
  });
}

/** Sets no rule of the user, which only somebody may do who may set others, and which changes nothing. */
export async function examine({ target, administrator, account }: ExamineArgs<RedisSpec>): Promise<void> {
  await onEach(target, async (server) => {
    await asAdministrator(server, administrator, async (send) => {
      await passwordsOf(send, account);
      await send("ACL", "SETUSER", account);
    });
  });
}

/** Does it at one server after the other, and says which one failed where there are several. */
async function onEach(target: RedisSpec, work: (server: RedisSpec) => Promise<void>): Promise<void> {
  for (const host of [target.host, ...target.replicas]) {
    try {
      await work({ ...target, host });
    } catch (error) {
      if (!(error instanceof TargetError) || target.replicas.length === 0) throw error;
      throw new TargetError(`${host}: ${error.message}`, error.fix, { isTold: error.isTold });
    }
  }
}

/** Sends a command, and returns what is answered. */
type Send = (...command: readonly string[]) => Promise<unknown>;

async function asAdministrator(
  server: RedisSpec,
  password: string,
  work: (send: Send) => Promise<void>,
): Promise<void> {
  try {
    await connected(server, { username: server.administrator, password }, work);
  } catch (error) {
    throw error instanceof TargetError ? error : new TargetError(...administratorProblem(server, error));
  }
}

/** Hashes of a user's passwords, the newest last. The user must be one that passwords decide about. */
async function passwordsOf(send: Send, name: string): Promise<readonly string[]> {
  const answer = await send("ACL", "GETUSER", name);
  if (answer === null) {
    throw new TargetError(
      `there is no user ${name}`,
      `create it, with the rights that it needs: ACL SETUSER ${name} on`,
    );
  }
  const flags = listAfter(answer, "flags");
  if (flags.includes("off")) throw new TargetError(`user ${name} is off`, `ACL SETUSER ${name} on`);
  if (flags.includes("nopass")) {
    throw new TargetError(
      `user ${name} needs no password, and its clients may send none`,
      `let it need one: ACL SETUSER ${name} resetpass`,
    );
  }
  return listAfter(answer, "passwords");
}

/** An answer is a list of names and values by turns. */
function listAfter(answer: unknown, name: string): readonly string[] {
  const list: readonly unknown[] = Array.isArray(answer) ? answer : [];
  const value = list[list.indexOf(name) + 1];
  return list.includes(name) && Array.isArray(value) ? value.map(String) : [];
}

/** Writes the users to the server's file of them, if it has one. */
async function save(send: Send): Promise<void> {
  try {
    await send("ACL", "SAVE");
  } catch (error) {
    if (/not configured to use an ACL file/.test(messageOf(error))) return;
    throw new TargetError(
      `the server has the new password and would lose it at a restart: ${messageOf(error)}`,
      "let the administrator and the server write its file of users (ACL SAVE, aclfile)",
      { isTold: true },
    );
  }
}

async function logIn(server: RedisSpec, login: Login, problem: string): Promise<void> {
  try {
    await connected(server, login, () => Promise.resolve());
  } catch (error) {
    throw new TargetError(`${problem}: ${messageOf(error)}`, "let the user log in from here", { isTold: true });
  }
}

/** Works in a connection of its own. Its client is loaded when the first password is set. */
async function connected(
  { host, port, tls, caBundle }: RedisSpec,
  { username, password }: Login,
  work: (send: Send) => Promise<void>,
): Promise<void> {
  const { createClient } = await import("@redis/client");
  const timeouts = { connectTimeout: patience, socketTimeout: patience, reconnectStrategy: false } as const;
  const options = {
    username,
    password,
    RESP: 2 as const,
    disableClientInfo: true,
    maintNotifications: "disabled" as const,
    socket:
      tls === "off"
        ? { host, port, ...timeouts }
        : { host, port, ...timeouts, tls: true as const, ...(caBundle === undefined ? {} : { ca: caBundle }) },
  };
  const client = createClient(options);
  // A connection that breaks while nobody asks anything would end the process.
  client.on("error", () => undefined);
  try {
    await client.connect();
    await work((...command) => client.sendCommand(command));
  } finally {
    if (client.isOpen) client.destroy();
  }
}

/** What is wrong, and what to do about it. */
function administratorProblem(server: RedisSpec, error: unknown): Problem {
  const { name, administrator } = server;
  const problem = messageOf(error);
  const untrusted = certificateProblem(server, error);
  if (untrusted !== undefined) return untrusted;
  if (server.tls === "verify" && problem === "Connection timeout") {
    // A server without TLS takes the greeting for the beginning of a command, and waits for the rest.
    return noTls(server, `nobody answers in TLS within ${patience / 1000} seconds`);
  }
  if (/^WRONGPASS|called without any password configured/.test(problem)) return wrongPassword(server, problem);
  if (/^NOPERM/.test(problem)) {
    return [
      `the administrator may not do this: ${problem}`,
      `give ${administrator} +acl|getuser +acl|setuser +acl|save, or name another user: targets.${name}.administrator`,
    ];
  }
  if (/^ERR unknown (sub)?command/i.test(problem)) {
    return [problem, "use a server with users: Redis 6 or newer, or Valkey"];
  }
  return unreachable(server, error);
}
